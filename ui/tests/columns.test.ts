// The table's layout: the columns that fit, their order of hiding, and the tags that fit.
import { describe, expect, it } from "vitest";
import { tagsThatFit } from "$lib/inventory/cells";
import { COLUMNS, layout } from "$lib/inventory/columns";

/** The window's width without the rail and the scrollbar, in pixels. */
const table = (window: number) => window - 216 - 10;
const ids = (width: number) => layout(width).columns.map(({ id }) => id);

describe("columns", () => {
  it("leave the name 240 px at 1280, and the public address goes first", () => {
    const { columns, widths } = layout(table(1280));
    expect(widths.get("name")).toBeGreaterThanOrEqual(240);
    expect(columns.map(({ id }) => id)).not.toContain("public-ip");
    expect(columns.map(({ id }) => id)).toContain("private-ip");
    const all = COLUMNS.map(({ id }) => id);
    const short = Array.from({ length: 2_000 }, (_, at) => ids(2_000 - at)).find(
      (some) => some.length < all.length,
    );
    expect(all.filter((id) => !short?.includes(id))).toEqual(["public-ip"]);
  });

  it("are all there at 1920", () => {
    expect(ids(table(1920))).toEqual(COLUMNS.map(({ id }) => id));
  });

  it("hide one after the other, and come back in the same order", () => {
    for (let width = 2_000; width > 300; width -= 7) {
      const [wide, narrow] = [ids(width), ids(width - 7)];
      expect(wide).toEqual(expect.arrayContaining(narrow));
      expect(wide).toEqual(COLUMNS.map(({ id }) => id).filter((id) => wide.includes(id)));
      expect(narrow).toEqual(expect.arrayContaining(["name", "state", "as-of"]));
    }
  });

  it("fill the table and never more", () => {
    for (let width = 480; width < 2_600; width += 13) {
      const { columns, template, widths } = layout(width);
      const tracks = template.split(" ").map((track) => Number.parseInt(track, 10));
      const sum = tracks.reduce((all, one) => all + one, 0);
      expect(tracks).toHaveLength(columns.length + 1);
      expect(sum).toBeLessThanOrEqual(width - 24);
      expect(sum).toBeGreaterThan(width - 24 - tracks.length);
      for (const { id, width: least } of columns) expect(widths.get(id)).toBeGreaterThanOrEqual(least);
    }
  });
});

describe("tags", () => {
  const tags = (count: number) =>
    Array.from({ length: count }, (_, at): [string, string] => [`team${at}`, "payments"]);

  it("fit whole where there is room", () => {
    expect(tagsThatFit(tags(5), 2_000)).toBe(5);
    expect(tagsThatFit([], 100)).toBe(0);
  });

  it("leave room for the number of the others", () => {
    expect(tagsThatFit(tags(9), 300)).toBe(2);
    expect(tagsThatFit(tags(9), 20)).toBe(1);
  });

  it("count wide characters twice", () => {
    const wide = (text: string) => Array.from({ length: 9 }, (): [string, string] => [text, ""]);
    expect(tagsThatFit(wide("支付支付"), 400)).toBe(tagsThatFit(wide("paymentx"), 400));
  });
});
