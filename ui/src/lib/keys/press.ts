// Reads a keyboard event into a press.
import type { Press } from "$lib/keys/keymap";

/** What the keymap must know of the event. */
export function pressOf(event: KeyboardEvent): Press {
  const target = event.target instanceof HTMLElement ? event.target : null;
  return {
    key: event.key,
    ctrl: event.ctrlKey || event.metaKey,
    alt: event.altKey,
    shift: event.shiftKey,
    repeat: event.repeat,
    editing: target?.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") ?? false,
    pressing:
      target?.closest("button, a, [role=tab], [role=checkbox], input, summary") !== null && target !== null,
  };
}
