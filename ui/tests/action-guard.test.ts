// Keys that act: they wait for a pause after a change, and need a row that the operator chose.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actOnChosen } from "$lib/actions/act";
import { planning } from "$lib/actions/planning.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { ActionGuard, guard } from "$lib/shell/action-guard.svelte";
import type { InventoryControls } from "$lib/shell/commands";
import { Keyboard } from "$lib/shell/keyboard";
import { screens } from "$lib/shell/screens.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import { host, settled } from "./host";
import { inventoryWindow, plan, row } from "./samples";

const controls: InventoryControls = {
  query: () => undefined,
  cursor: () => undefined,
  table: () => undefined,
  columns: () => [],
  page: () => 10,
};

/** Presses a key as the window hears it: first in capture, then after all other handlers. */
function press(keyboard: Keyboard, key: string, more: KeyboardEventInit = {}, on: Element = document.body) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, "target", { value: on });
  const dialog = on.closest("dialog") !== null;
  keyboard.capture(event, dialog);
  keyboard.handle(event, dialog, screens.current === "inventory" ? controls : null);
  return event;
}

beforeEach(() => {
  vi.useFakeTimers();
  screens.go("inventory");
  toasts.list = [];
});
afterEach(() => {
  vi.useRealTimers();
  planning.close();
  document.body.replaceChildren();
});

describe("the guard", () => {
  it("holds keys for a pause after start, after a change and after a plan appeared", () => {
    const one = new ActionGuard();
    expect(one.refusal(false)).toBe("changed");
    vi.advanceTimersByTime(499);
    expect(one.refusal(false)).toBe("changed");
    vi.advanceTimersByTime(1);
    expect(one.refusal(false)).toBeNull();
    one.appeared();
    vi.advanceTimersByTime(499);
    expect(one.refusal(false)).toBe("unread");
    vi.advanceTimersByTime(1);
    expect(one.refusal(false)).toBeNull();
  });

  it("never lets a repeated key act", () => {
    const one = new ActionGuard();
    vi.advanceTimersByTime(1_000);
    expect(one.refusal(true)).toBe("repeated");
  });

  it("holds keys as long as characters follow each other, whatever they mean", () => {
    const one = new ActionGuard();
    for (const key of "stop web-1") {
      vi.advanceTimersByTime(300);
      one.pressed(key, true);
    }
    vi.advanceTimersByTime(499);
    expect(one.refusal(false)).toBe("typing");
  });

  it("takes a character without a meaning for the beginning of a text", () => {
    const one = new ActionGuard();
    vi.advanceTimersByTime(1_000);
    one.pressed("ArrowDown", false);
    one.pressed("j", true);
    expect(one.refusal(false)).toBeNull();
    one.pressed("w", false);
    expect(one.refusal(false)).toBe("typing");
  });

  it("holds keys when the focus moves, unless Tab or the pointer moved it", () => {
    const one = new ActionGuard();
    vi.advanceTimersByTime(1_000);
    one.deliberate();
    one.focusMoved();
    expect(one.refusal(false)).toBeNull();
    vi.advanceTimersByTime(1);
    one.focusMoved();
    expect(one.refusal(false)).toBe("changed");
  });
});

describe("the keyboard", () => {
  it("passes keys that move on while the guard holds those that act", () => {
    host({ query_inventory: () => inventoryWindow([row()]) });
    const keyboard = new Keyboard();
    guard.changed();
    expect(press(keyboard, "j").defaultPrevented).toBe(true);
    inventory.chosen = true;
    press(keyboard, "x");
    expect(planning.phase).toBe("closed");
  });

  it("presses no button and submits nothing in a dialog that has just appeared", () => {
    const dialog = document.createElement("dialog");
    const inDialog = document.createElement("button");
    const outside = document.createElement("button");
    dialog.append(inDialog);
    document.body.append(dialog, outside);
    const keyboard = new Keyboard();
    guard.appeared();
    for (const key of ["Enter", " "]) {
      expect(press(keyboard, key, {}, inDialog).defaultPrevented).toBe(true);
      expect(press(keyboard, key, {}, outside).defaultPrevented).toBe(true);
    }
    vi.advanceTimersByTime(1_000);
    expect(press(keyboard, "Enter", {}, inDialog).defaultPrevented).toBe(false);
    expect(press(keyboard, "Enter", { repeat: true }, inDialog).defaultPrevented).toBe(true);
  });

  it("swallows keys until the awaited query bar is there", () => {
    const keyboard = new Keyboard();
    screens.go("activity");
    press(keyboard, "/");
    expect(screens.current).toBe("inventory");
    expect(press(keyboard, "s").defaultPrevented).toBe(true);
    expect([screens.takeQuery(), screens.takeQuery()]).toEqual([true, false]);
    screens.awaitQuery();
    screens.go("accounts");
    expect(screens.awaitsQuery).toBe(false);
  });
});

describe("Escape", () => {
  it("goes to the table from an empty query", () => {
    const cursor = vi.spyOn(controls, "cursor");
    const query = document.createElement("input");
    document.body.append(query);
    expect(press(new Keyboard(), "Escape", {}, query).defaultPrevented).toBe(true);
    expect(cursor).toHaveBeenCalledOnce();
  });
});

describe("a row that the operator did not choose", () => {
  it("is acted on by no key, and the operator is told so", async () => {
    const { asked } = host({ query_inventory: () => inventoryWindow([row()]), plan_action: () => plan() });
    const plans = () => asked.filter(([command]) => command === "plan_action").length;
    inventory.ask("");
    await settled();
    expect(inventory.cursorRow).not.toBeNull();
    actOnChosen("start");
    expect([plans(), toasts.list.length]).toEqual([0, 1]);
    inventory.moveTo(0);
    actOnChosen("stop");
    await settled();
    expect(plans()).toBe(1);
    planning.close();
    inventory.ask("web");
    actOnChosen("stop");
    await settled();
    expect(plans()).toBe(1);
  });
});
