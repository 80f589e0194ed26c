// Keys pressed while the reply to a change of the selection is awaited.
import { beforeEach, describe, expect, it } from "vitest";
import { actOnChosen } from "$lib/actions/act";
import { planning } from "$lib/actions/planning.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { type InventoryControls, run } from "$lib/shell/commands";
import { host, settled } from "./host";
import { inventoryWindow, plan, row } from "./samples";

const ROW = row({ id: "i-1", name: "web-1" });
const CONTROLS: InventoryControls = {
  query: () => undefined,
  cursor: () => undefined,
  table: () => undefined,
  columns: () => [],
  page: () => 10,
};
/** Gives the oldest reply to a change of the selection that is still awaited. */
let reply: () => Promise<void>;
let asked: [string, unknown][];

beforeEach(async () => {
  const awaited: (() => void)[] = [];
  reply = async () => {
    awaited.shift()?.();
    await settled();
  };
  ({ asked } = host({
    query_inventory: () => inventoryWindow([ROW], { total: 1 }),
    update_selection: ({ change }) => {
      const count = change.type === "clear" ? 0 : 1;
      return new Promise((resolve) => {
        awaited.push(() => resolve({ count, hidden: 0, most: 1_000, actions: [] }));
      });
    },
    plan_action: () => plan(),
  }));
  inventory.ask("web");
  await settled();
});

describe("a selection on its way", () => {
  it("counts for Escape, so that the next Escape clears the query", async () => {
    inventory.toggle(ROW);
    run("escape", CONTROLS);
    expect(inventory.query).toBe("web");
    run("escape", CONTROLS);
    expect(inventory.query).toBe("");
    await settled();
    await reply();
    await reply();
    expect(inventory.hasSelection).toBe(false);
  });

  it("is waited for by an action, which is planned for all of it", async () => {
    inventory.toggle(ROW);
    actOnChosen("stop");
    await settled();
    const planned = () => asked.find(([command]) => command === "plan_action");
    expect(planned()).toBeUndefined();
    await reply();
    expect(planned()?.[1]).toMatchObject({ target: { type: "selection", query: "web" } });
    planning.close();
    run("escape", CONTROLS);
    await settled();
    await reply();
  });
});
