// The same cases as crates/nepho-core/src/text.rs, and more of what strangers write.
import { describe, expect, it } from "vitest";
import { cut } from "$lib/text/span";
import { isDeceptive, visible, visibleLines } from "$lib/text/visible";

describe("visible", () => {
  it("writes deceptive characters out", () => {
    expect(visible("a\u202Egpj.exe")).toBe("a\\u{202e}gpj.exe");
    expect(visible("x\ny\u200B\u001B[31m")).toBe("x\\u{a}y\\u{200b}\\u{1b}[31m");
  });

  it.each(["web-名前", "خادم", "שרת", "👩‍💻 box", "café <b>&amp;", "", "naïve 🏳️‍🌈"])(
    "leaves %j alone",
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );

  it("writes a joiner out that joins no emoji", () => {
    expect(visible("a\u200Db")).toBe("a\\u{200d}b");
    expect(visible("\u200D👩")).toBe("\\u{200d}👩");
  });

  it.each([
    0x00, 0x09, 0x1f, 0x7f, 0x80, 0x9f, 0xad, 0x61c, 0x180e, 0x200b, 0x200f, 0x2028, 0x202e, 0x2060, 0x2066,
    0x206f, 0xfeff, 0xfff9, 0xfffb, 0xe0000, 0xe0041, 0xe007f,
  ])("knows U+%s", (point) => {
    expect(isDeceptive(String.fromCodePoint(point))).toBe(true);
  });

  it.each([0x20, 0x7e, 0xa0, 0xac, 0x200a, 0x2010, 0x2027, 0x202f, 0x205f, 0x2070, 0xfff8, 0xfffc, 0xe0080])(
    "does not take U+%s for one",
    (point) => {
      expect(isDeceptive(String.fromCodePoint(point))).toBe(false);
    },
  );

  it("keeps the lines of a document, and nothing else of them", () => {
    expect(visibleLines('{\n  "a": "\u202Eb"\n}')).toBe('{\n  "a": "\\u{202e}b"\n}');
  });
});

describe("cut", () => {
  it("cuts at UTF-16 offsets, as the core counts for the window", () => {
    expect(cut("名前 stat:running", 3, 7)).toEqual({ before: "名前 ", marked: "stat", after: ":running" });
    expect(cut("👩 x:", 3, 5)).toEqual({ before: "👩 ", marked: "x:", after: "" });
  });

  it("moves offsets out of range to the nearest end", () => {
    expect(cut("abc", 2, 99)).toEqual({ before: "ab", marked: "c", after: "" });
    expect(cut("abc", 9, 1)).toEqual({ before: "abc", marked: "", after: "" });
    expect(cut("abc", -1, 1)).toEqual({ before: "", marked: "a", after: "bc" });
  });
});
