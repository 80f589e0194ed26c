import { describe, expect, it } from "vitest";
import { Keymap, type Press } from "$lib/keys/keymap";
import { pressOf } from "$lib/keys/press";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrl: false,
  alt: false,
  shift: false,
  repeat: false,
  editing: false,
  pressing: false,
  ...more,
});
const read = (key: string, more: Partial<Press> = {}) => new Keymap().read(press(key, more), 0);

describe("single keys", () => {
  it.each([
    ["/", "query"],
    ["ArrowDown", "next"],
    ["j", "next"],
    ["ArrowUp", "previous"],
    ["k", "previous"],
    ["Home", "first"],
    ["End", "last"],
    ["PageDown", "page_down"],
    ["Enter", "open"],
    [" ", "toggle"],
    ["Escape", "escape"],
    ["s", "start"],
    ["x", "stop"],
    ["c", "copy_id"],
    ["r", "refresh"],
    ["?", "help"],
  ])("%j is %s", (key, command) => {
    expect(read(key)).toBe(command);
  });

  it("takes shift for what it says", () => {
    expect(read("R", { shift: true })).toBe("reboot");
    expect(read("R")).toBeNull();
    expect(read("C", { shift: true })).toBe("copy_address");
    expect(read("ArrowDown", { shift: true })).toBe("extend_next");
    expect(read("?", { shift: true })).toBe("help");
  });

  it("knows nothing of other keys", () => {
    expect(read("t")).toBeNull();
    expect(read("Delete")).toBeNull();
    expect(read("s", { alt: true })).toBeNull();
  });
});

describe("keys that are held down", () => {
  it("go on moving", () => {
    expect(read("j", { repeat: true })).toBe("next");
    expect(read("ArrowUp", { repeat: true, shift: true })).toBe("extend_previous");
  });

  it.each(["s", "x", "r", " ", "Enter"])("%j does nothing again", (key) => {
    expect(read(key, { repeat: true })).toBeNull();
  });

  it("reboot nothing again, and select all only once", () => {
    expect(read("R", { repeat: true, shift: true })).toBeNull();
    expect(read("a", { repeat: true, ctrl: true })).toBeNull();
  });
});

describe("typing", () => {
  it.each(["s", "x", "/", "j", "Enter", " ", "?"])("%j stays in the field", (key) => {
    expect(read(key, { editing: true })).toBeNull();
  });

  it("leaves Ctrl+A to the field, and takes Escape and Ctrl+R from it", () => {
    expect(read("a", { ctrl: true, editing: true })).toBeNull();
    expect(read("c", { ctrl: true, editing: true })).toBeNull();
    expect(read("c", { ctrl: true })).toBe("copy_rows");
    expect(read("Escape", { editing: true })).toBe("escape");
    expect(read("r", { ctrl: true, editing: true })).toBe("refresh");
  });

  it("leaves Enter and Space to a button", () => {
    expect(read("Enter", { pressing: true })).toBeNull();
    expect(read(" ", { pressing: true })).toBeNull();
    expect(read("j", { pressing: true })).toBe("next");
  });
});

describe("jumps", () => {
  it.each([
    ["i", "go_inventory"],
    ["a", "go_activity"],
    ["c", "go_accounts"],
    ["s", "go_settings"],
  ])("g %s is %s", (key, command) => {
    const keymap = new Keymap();
    expect(keymap.read(press("g"), 0)).toBeNull();
    expect(keymap.read(press(key), 1_000)).toBe(command);
  });

  it("wait for their second key, not for ever", () => {
    const keymap = new Keymap();
    keymap.read(press("g"), 0);
    expect(keymap.read(press("s"), 1_500)).toBe("start");
  });

  it("are forgotten by another key", () => {
    const keymap = new Keymap();
    keymap.read(press("g"), 0);
    expect(keymap.read(press("j"), 10)).toBe("next");
    expect(keymap.read(press("s"), 20)).toBe("start");
  });
});

it("reads where an event goes to", () => {
  const seen: Press[] = [];
  document.body.addEventListener("keydown", (event) => seen.push(pressOf(event)), { once: false });
  for (const [tag, type] of [
    ["input", "text"],
    ["button", ""],
    ["input", "checkbox"],
    ["div", ""],
  ] as const) {
    const element = document.createElement(tag);
    if (type) element.setAttribute("type", type);
    document.body.append(element);
    element.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
  }
  expect(seen.map(({ editing, pressing }) => [editing, pressing])).toEqual([
    [true, true],
    [false, true],
    [false, true],
    [false, false],
  ]);
});
