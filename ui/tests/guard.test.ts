// Keys that act: they wait for a pause after a change, and need a row that the operator chose.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { act } from "$lib/inventory/act";
import { planning } from "$lib/actions/planning.svelte";
import { Inventory, inventory } from "$lib/inventory/inventory.svelte";
import { guard } from "$lib/keys/guard.svelte";
import { screens } from "$lib/shell/screens.svelte";
import { host, settled } from "./host";
import { inventoryWindow, plan, row } from "./samples";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  planning.close();
});

describe("the guard", () => {
  it("opens after a pause", () => {
    guard.changed();
    expect(guard.settling).toBe(true);
    vi.advanceTimersByTime(399);
    expect(guard.settling).toBe(true);
    vi.advanceTimersByTime(1);
    expect(guard.settling).toBe(false);
  });

  it("stays shut while characters follow each other, whatever they mean", () => {
    guard.changed();
    for (const key of "stop web-1") {
      vi.advanceTimersByTime(300);
      guard.typed(key, true);
    }
    vi.advanceTimersByTime(399);
    expect(guard.settling).toBe(true);
  });

  it("shuts at a character that means nothing, and at no other key", () => {
    guard.changed();
    vi.advanceTimersByTime(1000);
    guard.typed("ArrowDown", false);
    guard.typed("j", true);
    expect(guard.settling).toBe(false);
    guard.typed("w", false);
    expect(guard.settling).toBe(true);
  });

  it("shuts when the screen changes", () => {
    vi.advanceTimersByTime(1000);
    screens.go("activity");
    expect(guard.settling).toBe(true);
    screens.go("inventory");
  });
});

describe("a query that is opened by a key", () => {
  it("keeps what is typed before its field is there", () => {
    screens.awaitQuery();
    expect([..."search"].every((key) => screens.takeKey(key))).toBe(true);
    expect(screens.takeKey("Shift")).toBe(true);
    expect(screens.takeQuery()).toBe("search");
    expect(screens.takeKey("s")).toBe(false);
    expect(screens.takeQuery()).toBeNull();
  });

  it("is not awaited on another screen, nor for ever", () => {
    screens.awaitQuery();
    screens.go("accounts");
    expect(screens.takeKey("s")).toBe(false);
    screens.go("inventory");
    screens.awaitQuery();
    vi.advanceTimersByTime(2_001);
    expect(screens.takeKey("s")).toBe(false);
  });
});

describe("a row that the operator did not choose", () => {
  it("is acted on by no key", async () => {
    vi.useRealTimers();
    const { asked } = host({
      query_inventory: () => inventoryWindow([row()]),
      plan_action: () => plan(),
    });
    const plans = () => asked.filter(([command]) => command === "plan_action").length;
    inventory.ask("");
    await settled();
    expect(inventory.cursorRow).not.toBeNull();
    expect([act("start"), act("stop"), plans()]).toEqual([false, false, 0]);
    inventory.moveTo(0);
    expect(act("stop")).toBe(true);
    await settled();
    expect(plans()).toBe(1);
    inventory.ask("web");
    expect([inventory.chosenRow, new Inventory().chosenRow]).toEqual([null, null]);
  });

  it("is chosen by leaving the query for it, once its rows are here", async () => {
    vi.useRealTimers();
    host({ query_inventory: () => inventoryWindow([row()]) });
    inventory.ask("web");
    inventory.choose();
    expect(inventory.chosen).toBe(false);
    await settled();
    inventory.choose();
    expect(inventory.chosenRow?.key).toBe(row().key);
  });
});
