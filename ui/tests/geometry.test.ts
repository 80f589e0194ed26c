import { describe, expect, it } from "vitest";
import { canvasHeight, MAX_CANVAS, OVERSCAN, page, scrollTo, slice, slotCount } from "$lib/scroll/geometry";

const list = { rows: 100_000, rowHeight: 28, viewport: 640 };

describe("a list below the cap", () => {
  it("is as tall as its rows", () => {
    expect(canvasHeight(list)).toBe(2_800_000);
  });

  it("draws what is on screen and a little more", () => {
    expect(slice(list, 0)).toEqual({ first: 0, count: 28, top: 0 });
    expect(slice(list, 28_000)).toEqual({ first: 1000 - OVERSCAN, count: 32, top: (1000 - OVERSCAN) * 28 });
  });

  it("ends with its last row, at the bottom of the canvas", () => {
    const { first, count, top } = slice(list, 2_800_000);
    expect(first + count).toBe(100_000);
    expect(top + count * 28).toBeCloseTo(2_800_000, 3);
  });

  it("never draws more rows than it has row elements", () => {
    for (let at = 0; at < 3_000_000; at += 9_973) {
      expect(slice(list, at).count).toBeLessThanOrEqual(slotCount(list));
    }
    expect(slotCount({ ...list, viewport: 900 })).toBeLessThanOrEqual(60);
  });

  it("draws nothing of nothing", () => {
    expect(slice({ ...list, rows: 0 }, 0).count).toBe(0);
    expect(slice({ ...list, viewport: 0 }, 0).count).toBe(0);
  });

  it("survives a list that became shorter than where it was scrolled to", () => {
    const { first, count } = slice({ ...list, rows: 50 }, 2_000_000);
    expect(first + count).toBe(50);
    expect(slice({ ...list, rows: 3 }, 2_000_000)).toEqual({ first: 0, count: 3, top: 0 });
  });
});

describe("a list above the cap", () => {
  const long = { rows: 2_000_000, rowHeight: 28, viewport: 640 };

  it("is no taller than engines lay out", () => {
    expect(canvasHeight(long)).toBe(MAX_CANVAS);
  });

  it("reaches its first, its middle and its last row", () => {
    expect(slice(long, 0).first).toBe(0);
    const middle = slice(long, (MAX_CANVAS - 640) / 2);
    expect(middle.first).toBeGreaterThan(999_900);
    expect(middle.first).toBeLessThan(1_000_100);
    const end = slice(long, MAX_CANVAS);
    expect(end.first + end.count).toBe(2_000_000);
    expect(end.top + end.count * 28).toBeCloseTo(MAX_CANVAS, 3);
  });
});

describe("scrolling to a row", () => {
  it("moves only when the row is not on screen, and no further than needed", () => {
    expect(scrollTo(list, 0, 5)).toBeNull();
    expect(scrollTo(list, 0, 22)).toBeCloseTo(23 * 28 - 640, 3);
    expect(scrollTo(list, 28_000, 999)).toBeCloseTo(999 * 28, 3);
  });

  it.each([0, 1, 77_777, 99_999, 1_999_999])("puts row %d on screen", (row) => {
    const long = { rows: 2_000_000, rowHeight: 28, viewport: 640 };
    const at = scrollTo(long, 4_000_000, row);
    const { first, count } = slice(long, at ?? 4_000_000);
    expect(row).toBeGreaterThanOrEqual(first);
    expect(row).toBeLessThan(first + count);
  });
});

it("pages by whole rows", () => {
  expect(page(list)).toBe(21);
  expect(page({ ...list, viewport: 10 })).toBe(1);
});
