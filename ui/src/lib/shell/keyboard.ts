// Receives the window's key presses: passes commands on, and swallows keys that act while
// `ActionGuard` holds them.
import { Keymap, acts } from "$lib/keys/keymap";
import { pressOf } from "$lib/keys/press";
import { guard } from "$lib/shell/action-guard.svelte";
import { type InventoryControls, run } from "$lib/shell/commands";
import { screens } from "$lib/shell/screens.svelte";

export class Keyboard {
  readonly #keymap = new Keymap();

  /** Keeps a press from everything else where it must not act; runs before all other handlers. */
  capture(event: KeyboardEvent, dialog: boolean): void {
    const press = pressOf(event);
    if (press.key === "Tab") guard.deliberate();
    if (screens.awaitsQuery && press.key !== "Escape") return swallow(event);
    // Escape also discards the text for a query bar that has not appeared yet.
    if (press.key === "Escape") screens.takeQuery();
    if (presses(event) && guard.refusal(press.repeat) !== null) swallow(event);
    if (dialog && !press.editing) guard.pressed(press.key, true);
  }

  /** Carries out the command of a press that nothing else took; `controls` are the inventory's. */
  handle(event: KeyboardEvent, dialog: boolean, controls: InventoryControls | null): void {
    if (dialog || event.defaultPrevented) return;
    const press = pressOf(event);
    const command = this.#keymap.read(press, Date.now());
    const held = command !== null && acts(command) && guard.refusal(press.repeat) !== null;
    if (!press.editing && !press.ctrl && !press.alt)
      guard.pressed(press.key, command !== null || this.#keymap.jumping);
    if (held) swallow(event);
    else if (command && run(command, controls)) event.preventDefault();
  }
}

/** Enter and Space, where they press a button or submit a form. */
function presses({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (key === "Enter") return target.closest("button, a, summary, form, dialog") !== null;
  return (
    key === " " && target.closest("button, a, summary, input[type=checkbox], input[type=radio]") !== null
  );
}

function swallow(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
