// Copying rows, ids and addresses, and where the web view's own menu is left.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { copyAddress, copyRows } from "$lib/inventory/copy-rows";
import { inventory } from "$lib/inventory/inventory.svelte";
import { tsv } from "$lib/inventory/tsv";
import type { QueryInventoryRequest } from "$lib/ipc/types";
import { refuseContextMenu } from "$lib/shell/context-menu";
import { toasts } from "$lib/shell/toasts.svelte";
import { host } from "./host";
import { inventoryWindow, row } from "./samples";

let written: string[] = [];
beforeEach(() => {
  written = [];
  toasts.list = [];
  const writeText = (text: string) => Promise.resolve(void written.push(text));
  vi.stubGlobal("navigator", { clipboard: { write: () => Promise.reject(new Error("no")), writeText } });
  vi.stubGlobal("ClipboardItem", function (items: object) {
    return items;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  inventory.last = null;
});

describe("rows as text", () => {
  it("have the columns on screen in their order, and no head", () => {
    const one = row({
      name: "web-1",
      public_ips: ["203.0.113.7", "203.0.113.8"],
      tags: { Name: "x", env: "prod" },
    });
    expect(
      tsv([one, row({ id: "i-2", name: "" })], ["select", "name", "state", "region", "public-ip", "tags"]),
    ).toBe("web-1\ti-0a41\tRunning\teu-west-1b\t203.0.113.7\tenv=prod\n\ti-2\tRunning\teu-west-1b\t\t");
  });

  it("keep a hostile name in its field", () => {
    expect(tsv([row({ name: "a\tb\nc" })], ["name"])).toBe("a\\u{9}b\\u{a}c\ti-0a41");
  });
});

describe("copying", () => {
  it("takes all selected rows of the query, also those that are not loaded", async () => {
    const fleet = Array.from({ length: 450 }, (_, at) =>
      row({ id: `i-${at}`, name: "", selected: at % 149 === 0 }),
    );
    const selection = { count: 5, hidden: 1, most: 1_000, actions: [] };
    const answer = ({ offset, limit }: QueryInventoryRequest) =>
      inventoryWindow(fleet.slice(offset, offset + limit), { total: fleet.length, selection });
    host({ query_inventory: answer });
    inventory.last = inventoryWindow([], { selection });
    await copyRows(["name"]);
    expect(written).toEqual(["\ti-0\n\ti-149\n\ti-298\n\ti-447"]);
    expect(toasts.list[0]?.title).toBe("Copied 4 rows");
  });

  it("takes the public address, or else the private one, and says that there is none", () => {
    copyAddress(row({ public_ips: ["203.0.113.7"] }));
    copyAddress(row());
    copyAddress(row({ private_ips: [] }));
    expect(written).toEqual(["203.0.113.7", "10.0.0.1"]);
    expect(toasts.list.at(-1)?.title).toBe("This instance has no address");
  });
});

describe("the web view's menu", () => {
  it.each([
    ["div", null, true],
    ["button", null, true],
    ["input", "checkbox", true],
    ["input", "text", false],
    ["textarea", null, false],
  ])("on %s of type %s is refused: %s", (tag, type, refused) => {
    const element = document.createElement(tag);
    if (type !== null) element.setAttribute("type", type);
    document.body.append(element);
    const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
    document.addEventListener("contextmenu", refuseContextMenu, { once: true });
    element.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(refused);
    element.remove();
  });
});
