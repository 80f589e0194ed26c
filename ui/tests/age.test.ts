// Ages against a moment that stands still.
import { afterEach, describe, expect, it } from "vitest";
import { language } from "$lib/i18n/language.svelte";
import { age, ago, duration, exact } from "$lib/time/age";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

afterEach(() => {
  language.current = "en";
});

describe("age", () => {
  it.each([
    [0, "now"],
    [0.9, "now"],
    [1, "1 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3599, "59 min"],
    [3600, "1 h"],
    [47 * 3600 + 3599, "47 h"],
    [48 * 3600, "2 d"],
    [400 * 86_400, "400 d"],
  ])("%d s is %s", (seconds, text) => {
    expect(age(before(seconds), NOW)).toBe(text);
  });

  it("is now for the future of another machine's clock, and nothing for no moment", () => {
    expect(age(before(-30), NOW)).toBe("now");
    expect(age("yesterday", NOW)).toBe("–");
  });

  it("speaks the language of the window", () => {
    language.current = "zh-CN";
    expect(ago(before(180), NOW)).toBe("3 分钟前");
  });
});

it("says how long ago", () => {
  expect(ago(before(0), NOW)).toBe("just now");
  expect(ago(before(40), NOW)).toBe("40 s ago");
});

it.each([
  [-5, "0 ms"],
  [850, "850 ms"],
  [12_440, "12.4 s"],
  [59_949, "59.9 s"],
  [59_950, "0 min 59 s"],
  [185_000, "3 min 5 s"],
])("%d ms took %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

it("says exactly when, locally with the offset and in UTC", () => {
  expect(exact("2026-03-01T12:00:00.123Z")).toMatch(
    /^2026-0[23]-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d · 2026-03-01T12:00:00Z$/,
  );
  expect(exact("not a moment")).toBe("not a moment");
});
