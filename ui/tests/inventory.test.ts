// The inventory on screen against a host whose replies the test holds in its hand.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { changedKeys } from "$lib/inventory/changed-rows";
import { Inventory, PAGE } from "$lib/inventory/inventory.svelte";
import { hasTerm, term, toggleTerm, withoutKey, withoutSort } from "$lib/inventory/term";
import type { InventoryWindow, QueryInventoryRequest, Row } from "$lib/ipc/types";
import { host, settled } from "./host";
import { details, inventoryWindow, row } from "./samples";

const fleet = (count: number): Row[] =>
  Array.from({ length: count }, (_, at) =>
    row({ id: `i-${String(at).padStart(6, "0")}`, name: `web-${at}` }),
  );

function answer(rows: Row[]) {
  return ({ offset, limit }: QueryInventoryRequest): InventoryWindow =>
    inventoryWindow(rows.slice(offset, offset + limit), { total: rows.length, offset });
}

beforeEach(() => {
  vi.useFakeTimers();
});

describe("windows", () => {
  // Invariant 6
  it("are fetched for what is on screen, and a few are kept", async () => {
    const { asked } = host({ query_inventory: answer(fleet(100_000)) });
    const inventory = new Inventory();
    inventory.show(0, 30);
    await settled();
    expect(inventory.row(0)?.name).toBe("web-0");
    for (let first = 0; first < 99_000; first += 1_000) {
      inventory.show(first, 30);
      await settled();
    }
    expect(inventory.row(98_000)?.name).toBe("web-98000");
    expect(inventory.row(0)).toBeUndefined();
    const held = Array.from({ length: 1_000 }, (_, page) => inventory.row(page * PAGE)).filter(Boolean);
    expect(held.length).toBeLessThanOrEqual(6);
    const limits = asked.map(([, request]) => (request as QueryInventoryRequest).limit);
    expect(Math.max(...limits)).toBeLessThanOrEqual(200);
  });

  it("are two where the screen touches two", async () => {
    const { asked } = host({ query_inventory: answer(fleet(500)) });
    const inventory = new Inventory();
    inventory.show(90, 30);
    await settled();
    expect(asked.map(([, request]) => (request as QueryInventoryRequest).offset)).toEqual([0, 100]);
    expect(inventory.row(119)?.name).toBe("web-119");
  });
});

describe("facets", () => {
  it("keep the other values of a column that the query narrows", async () => {
    const value = (name: string) => ({ value: name, label: name, count: 1 });
    const states = (query: string) => (query.includes("state:") ? ["running"] : ["running", "stopped"]);
    const { asked } = host({
      query_inventory: ({ query }) =>
        inventoryWindow([row()], {
          facets: { providers: [], accounts: [], regions: [value(query)], states: states(query).map(value) },
        }),
    });
    const inventory = new Inventory();
    inventory.ask("web state:running");
    await settled();
    expect(inventory.facets?.states.map((one) => one.value)).toEqual(["running", "stopped"]);
    expect(inventory.facets?.regions.map((one) => one.value)).toEqual(["web state:running"]);
    expect(asked.map(([, request]) => (request as QueryInventoryRequest).query)).toEqual([
      "web state:running",
      "web",
    ]);
  });
});

describe("a query", () => {
  it("waits for a pause in typing, and drops the reply to an earlier one", async () => {
    const replies: ((reply: InventoryWindow) => void)[] = [];
    const { asked } = host({ query_inventory: () => new Promise((resolve) => replies.push(resolve)) });
    const inventory = new Inventory();
    inventory.ask("w", true);
    inventory.ask("we", true);
    vi.advanceTimersByTime(100);
    await settled();
    expect(asked.map(([, request]) => (request as QueryInventoryRequest).query)).toEqual(["we"]);
    inventory.ask("web");
    await settled();
    replies[1]?.(inventoryWindow([row({ name: "late question" })]));
    await settled();
    replies[0]?.(inventoryWindow([row({ name: "early question" })]));
    await settled();
    expect(inventory.row(0)?.name).toBe("late question");
  });

  it("that is not understood yet keeps the last good rows, and shows its error after a pause or Enter", async () => {
    const error = { code: "empty_value", start: 0, end: 6, word: "state:" } as const;
    host({
      query_inventory: ({ query }) =>
        query === "state:" ? inventoryWindow([], { error }) : inventoryWindow([row()]),
    });
    const inventory = new Inventory();
    inventory.ask("web");
    await settled();
    for (const show of [() => vi.advanceTimersByTime(700), () => inventory.showError()]) {
      inventory.ask("state:", true);
      vi.advanceTimersByTime(60);
      await settled();
      expect([inventory.total, inventory.row(0)?.name, inventory.last?.error]).toEqual([1, "web-1", null]);
      expect(inventory.answered).toBe("web");
      show();
      expect(inventory.last?.error).toEqual(error);
      expect(inventory.row(0)?.name).toBe("web-1");
      inventory.ask("state:running", true);
      expect(inventory.last?.error).toBeNull();
      inventory.ask("web");
      await settled();
    }
  });

  it("keeps its error with its place", async () => {
    const error = { code: "unknown_key", start: 0, end: 4, word: "stat" } as const;
    host({ query_inventory: () => inventoryWindow([], { error }) });
    const inventory = new Inventory();
    inventory.ask("stat:running");
    await settled();
    expect(inventory.last?.error).toEqual(error);
    expect(inventory.total).toBe(0);
  });
});

describe("the order", () => {
  it("turns round at the second click, and wins over the query's own", async () => {
    const { asked } = host({ query_inventory: answer(fleet(3)) });
    const inventory = new Inventory();
    inventory.ask("web sort:-size");
    inventory.sortBy("name");
    expect(inventory.sort).toEqual({ column: "name", descending: true });
    expect(inventory.query).toBe("web");
    inventory.sortBy("region");
    expect(inventory.sort).toEqual({ column: "region", descending: false });
    await settled();
    expect((asked.at(-1)?.[1] as QueryInventoryRequest).sort.column).toBe("region");
  });
});

describe("the cursor", () => {
  it("stays on its row when rows come before it", async () => {
    let rows = fleet(5);
    host({ query_inventory: (request) => answer(rows)(request) });
    const inventory = new Inventory();
    inventory.show(0, 5);
    await settled();
    inventory.moveTo(2);
    rows = [row({ id: "i-new", name: "a-new-one" }), ...rows];
    await inventory.refresh();
    expect(inventory.cursor.index).toBe(3);
    expect(inventory.cursorRow?.name).toBe("web-2");
  });

  it("is on no row when its row is gone, so that no key acts on a neighbour", async () => {
    let rows = fleet(5);
    host({ query_inventory: (request) => answer(rows)(request) });
    const inventory = new Inventory();
    inventory.show(0, 5);
    await settled();
    inventory.moveTo(2);
    rows = rows.filter(({ name }) => name !== "web-2");
    await inventory.refresh();
    expect(inventory.cursorRow).toBeNull();
    inventory.moveTo(2);
    expect(inventory.cursorRow?.name).toBe("web-3");
  });

  it("does not leave the list", async () => {
    host({ query_inventory: answer(fleet(5)) });
    const inventory = new Inventory();
    inventory.show(0, 5);
    await settled();
    inventory.moveTo(Infinity);
    expect(inventory.cursor.index).toBe(4);
    inventory.moveTo(-Infinity);
    expect(inventory.cursor.index).toBe(0);
  });
});

describe("the selection", () => {
  it("lives in the core; a range names its two ends, and all names the query", async () => {
    const { asked } = host({
      query_inventory: answer(fleet(300)),
      update_selection: () => ({ count: 3, hidden: 1, most: 1_000, actions: [] }),
    });
    const inventory = new Inventory();
    inventory.ask("web");
    await settled();
    const [first, third] = [inventory.row(0), inventory.row(2)];
    if (!first || !third) throw new Error("the rows are there");
    inventory.toggle(first);
    expect(inventory.row(0)?.selected).toBe(true);
    inventory.extendTo(third);
    inventory.selectAll();
    await settled();
    const changes = asked.filter(([command]) => command === "update_selection").map(([, request]) => request);
    expect(changes).toEqual([
      { change: { type: "toggle", key: first.key }, query: "web" },
      {
        change: {
          type: "range",
          query: "web",
          sort: { column: "name", descending: false },
          from: first.key,
          to: third.key,
        },
        query: "web",
      },
      { change: { type: "all", query: "web" }, query: "web" },
    ]);
  });
});

describe("what changed", () => {
  it("glows once, when it is seen to have changed", async () => {
    let rows = fleet(3);
    host({ query_inventory: (request) => answer(rows)(request) });
    const inventory = new Inventory();
    inventory.show(0, 3);
    await settled();
    expect(inventory.glowing.size).toBe(0);
    rows = rows.map((one) =>
      one.name === "web-1" ? { ...one, state: "stopped", raw_state: "stopped" } : one,
    );
    await inventory.refresh();
    expect([...inventory.glowing]).toEqual([rows[1]?.key]);
    vi.advanceTimersByTime(2_000);
    expect(inventory.glowing.size).toBe(0);
  });

  it("is not an age, a selection or a row that is new", () => {
    const before = [row()];
    expect(
      changedKeys(before, [row({ as_of: "2026-03-01T13:00:00Z", selected: true, stale: true })]),
    ).toEqual([]);
    expect(changedKeys(before, [row({ id: "i-other" })])).toEqual([]);
    expect(changedKeys(before, [row({ pending: "reboot" })])).toEqual([row().key]);
  });
});

describe("terms", () => {
  it("are quoted where they must be", () => {
    expect(term("state", "running")).toBe("state:running");
    expect(term("account", "team web")).toBe('account:"team web"');
    expect(term("account", "-dash")).toBe('account:"-dash"');
    expect(term("account", "a,b")).toBe('account:"a,b"');
  });

  it("are added and taken away whole", () => {
    expect(toggleTerm("", "state:running")).toBe("state:running");
    expect(toggleTerm("web ", "state:running")).toBe("web state:running");
    expect(toggleTerm("web state:running x", "state:running")).toBe("web x");
    expect(toggleTerm("web state:running", "state:stopped")).toBe("web state:running,stopped");
    expect(toggleTerm("state:running,stopped x", "state:running")).toBe("state:stopped x");
    expect(toggleTerm('account:"a, b" x', "account:lab")).toBe('account:"a, b",lab x');
    expect(hasTerm('account:"a, b",lab', 'account:"a, b"')).toBe(true);
    expect(withoutKey('x state:running,stopped -state:pending y "state:z"', "state")).toBe(
      'x -state:pending y "state:z"',
    );
    expect(hasTerm("-state:running", "state:running")).toBe(false);
  });

  it("leave with the order", () => {
    expect(withoutSort("web sort:-size state:running")).toBe("web state:running");
    expect(withoutSort("resort:x")).toBe("resort:x");
  });
});

describe("rows that no longer match", () => {
  const FLEET = fleet(6);
  /** A host whose rows of these ids match no more, but are still there. */
  async function shown(gone: () => string[]): Promise<Inventory> {
    const all = () => FLEET.map((one) => ({ ...one, selected: one.name === "web-4" }));
    const stopped = (id: string): Row => row({ id, name: "now stopped", state: "stopped" });
    host({
      query_inventory: (request) => answer(all().filter(({ name }) => !gone().includes(name)))(request),
      get_resource: ({ key }) => details(stopped(FLEET.find((one) => one.key === key)?.id ?? "")),
    });
    const inventory = new Inventory();
    inventory.show(0, 6);
    await settled();
    return inventory;
  }
  const names = (inventory: Inventory) =>
    Array.from({ length: inventory.length }, (_, at) => inventory.row(at)?.name);

  it("keep their places if the operator has to do with them, until the order changes", async () => {
    let gone: string[] = [];
    const inventory = await shown(() => gone);
    inventory.moveTo(1);
    inventory.acted([FLEET[2]?.key ?? ""]);
    gone = ["web-1", "web-2", "web-3", "web-4"];
    await inventory.refresh();
    expect(names(inventory)).toEqual(["web-0", "now stopped", "now stopped", "now stopped", "web-5"]);
    expect([inventory.total, inventory.cursor.index]).toEqual([2, 1]);
    expect(inventory.chosenRow?.state).toBe("stopped");
    expect(inventory.held.list.map(({ row }) => row.key)).toEqual([1, 2, 4].map((at) => FLEET[at]?.key));
    inventory.moveTo(4);
    expect(inventory.cursorRow?.name).toBe("web-5");
    inventory.sortBy("size");
    await settled();
    expect(names(inventory)).toEqual(["web-0", "web-5"]);
  });

  it("do not outlast their query when a change arrives during the pause in typing", async () => {
    const inventory = await shown(() => []);
    inventory.moveTo(1);
    inventory.ask("another", true);
    await inventory.refresh();
    expect(inventory.answered).toBe("");
    await vi.advanceTimersByTimeAsync(100);
    expect(inventory.answered).toBe("another");
    expect(inventory.held.list).toEqual([]);
  });

  it("are rows like others as soon as they match again", async () => {
    let gone: string[] = [];
    const inventory = await shown(() => gone);
    inventory.moveTo(1);
    gone = ["web-1"];
    await inventory.refresh();
    expect(inventory.held.list).toHaveLength(1);
    gone = [];
    await inventory.refresh();
    expect(inventory.held.list).toEqual([]);
    expect([inventory.cursorRow?.name, inventory.cursor.index]).toEqual(["web-1", 1]);
  });
});
