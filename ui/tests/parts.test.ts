// Parts that hold their place: the notice bar, the edge of the drawer, the cells of the table.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import Drawer from "$components/inventory/Drawer.svelte";
import TableHead from "$components/inventory/TableHead.svelte";
import TableRow from "$components/inventory/TableRow.svelte";
import ResizeHandle from "$components/shared/ResizeHandle.svelte";
import StateMark from "$components/shared/StateMark.svelte";
import NoticeBar from "$components/shell/NoticeBar.svelte";
import { accounts } from "$lib/accounts/accounts.svelte";
import { layout } from "$lib/inventory/columns";
import { details } from "$lib/inventory/details.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { fakeHost } from "$lib/ipc/fake/host";
import { useHost } from "$lib/ipc/host";
import { settled } from "./host";
import { account, inventoryWindow, row, scope } from "./samples";

let drawn: Record<string, unknown>[] = [];
const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
afterEach(async () => {
  for (const component of drawn) await unmount(component);
  drawn = [];
  document.body.replaceChildren();
  accounts.list = [];
  inventory.last = null;
  details.close();
});

describe("the notice bar", () => {
  const show = (list: Parameters<typeof account>[0][]) => {
    accounts.list = list.map((change) => account(change));
    drawn.push(mount(NoticeBar, { target: document.body }));
    flushSync();
  };
  const well = scope("eu-west-1", { as_of: "2026-03-01T12:00:00Z" });
  const failed = scope("us-east-1", { failure: { code: "timed_out", message: "" } });

  it("says how old the rows are while nothing failed", () => {
    show([{ scopes: [well, well] }]);
    expect(all("notice-bar")[0]?.textContent).toContain("2 regions and zones");
    expect(all("trouble")).toHaveLength(0);
  });

  it("is the same bar when a sync failed", () => {
    show([{ scopes: [well] }]);
    const bar = all("notice-bar")[0];
    accounts.list = [account({ scopes: [well, failed] })];
    flushSync();
    expect(all("notice-bar")[0]).toBe(bar);
    expect(all("trouble")).toHaveLength(1);
    expect(bar?.querySelector("time[datetime]")?.closest("[data-testid=trouble]")).toBeTruthy();
  });

  it("has the demo's mark beside the failures", () => {
    show([{ provider: "demo", scopes: [well] }, { scopes: [failed] }]);
    expect(all("demo-badge")).toHaveLength(1);
    expect(all("trouble")).toHaveLength(1);
  });
});

describe("the edge of the drawer", () => {
  let width = 0;
  const show = () => {
    width = 372;
    const props = {
      label: "width",
      testid: "edge",
      least: 300,
      most: 400,
      get width() {
        return width;
      },
      onresize: (to: number) => (width = to),
    };
    drawn.push(mount(ResizeHandle, { target: document.body, props }));
    flushSync();
    return all("edge")[0] as HTMLElement;
  };

  it("moves by the arrow keys, and keeps its bounds", () => {
    const edge = show();
    const press = (key: string) =>
      edge.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    expect(press("ArrowLeft")).toBe(false);
    expect(width).toBe(388);
    press("ArrowLeft");
    expect(width).toBe(400);
    for (let step = 0; step < 9; step += 1) press("ArrowRight");
    expect(width).toBe(300);
    expect(press("j")).toBe(true);
  });

  it("follows the pointer until it is let go", () => {
    const edge = show();
    edge.setPointerCapture = () => undefined;
    const point = (type: string, clientX: number) =>
      edge.dispatchEvent(new MouseEvent(type, { clientX, bubbles: true }));
    point("pointerdown", 500);
    point("pointermove", 490);
    expect(width).toBe(382);
    point("pointermove", 560);
    expect(width).toBe(312);
    point("lostpointercapture", 560);
    point("pointermove", 400);
    expect(width).toBe(312);
  });
});

describe("the drawer", () => {
  const acts = () =>
    document.querySelectorAll("[data-testid=drawer-stop], [data-testid=drawer-start]").length;
  beforeEach(() => useHost(fakeHost(new URLSearchParams("rows=5"))));

  it("leaves the actions to the bar while rows are selected", async () => {
    await inventory.refresh();
    const first = inventory.row(0);
    details.open(first?.key ?? "");
    await settled();
    drawn.push(mount(Drawer, { target: document.body }));
    flushSync();
    expect(acts()).toBe(1);
    inventory.last = inventoryWindow([row()], {
      selection: { count: 2, hidden: 0, most: 1_000, actions: [] },
    });
    flushSync();
    expect(acts()).toBe(0);
    expect(all("drawer-selection")).toHaveLength(1);
  });
});

describe("cells", () => {
  const show = (tags: Record<string, string>, width: number) => {
    const props = {
      id: "row-0",
      index: 0,
      top: 0,
      layout: layout(width),
      row: row({ tags }),
      held: false,
      cursor: false,
      glowing: false,
      onclick: () => undefined,
      oncheck: () => undefined,
      onopen: () => undefined,
    };
    drawn.push(mount(TableRow, { target: document.body, props }));
    flushSync();
  };

  it("count the tags that do not fit, and name them on hovering", () => {
    show({ env: "prod", team: "payments", role: "api", zeta: "1" }, 1_330);
    expect(all("tags-more")[0]?.textContent).toBe("+3");
    expect(all("tags-more")[0]?.title).toContain("role=api");
    expect(document.querySelectorAll("[data-testid=tags] [title*='=']")).toHaveLength(2);
  });

  it("count nothing where all tags fit", () => {
    show({ env: "prod", team: "payments" }, 2_400);
    expect(all("tags-more")).toHaveLength(0);
  });

  it("are those of the columns that fit", () => {
    show({}, 800);
    const cells = [...document.querySelectorAll("[role=gridcell]")].map((cell) => cell.className);
    expect(cells).toEqual(["select", ...layout(800).columns.map(({ id }) => id)]);
  });

  it("sort by the whole head, and only where there is an order", () => {
    drawn.push(mount(TableHead, { target: document.body, props: { layout: layout(2_000) } }));
    flushSync();
    const heads = [...document.querySelectorAll<HTMLElement>("[role=columnheader]:not(.select)")];
    expect(heads.map((head) => head.className)).toEqual(layout(2_000).columns.map(({ id }) => id));
    for (const head of heads) {
      const sorts = head.className !== "tags" && head.className !== "cloud";
      expect(head.children.length === 1 && head.firstElementChild?.tagName === "BUTTON").toBe(sorts);
      expect(head.hasAttribute("aria-sort")).toBe(sorts);
    }
  });

  it.each(["on", "off", "paused", "moving", "gone", "unknown"] as const)("draw the mark %s", (glyph) => {
    drawn.push(mount(StateMark, { target: document.body, props: { glyph, word: "word" } }));
    flushSync();
    const shapes = [...document.querySelectorAll("svg > *")].map(drawing).join("");
    marks.set(glyph, shapes);
    expect(shapes).not.toBe("");
    expect(new Set(marks.values()).size).toBe(marks.size);
  });
  const marks = new Map<string, string>();
  const drawing = (shape: Element) =>
    [shape.tagName, ...[...shape.attributes].map(({ value }) => value)].join();
});
