// Both catalogues say the same things, and every message is asked for.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { preferred } from "$lib/i18n/language.svelte";
import en from "../messages/en.json";
import zh from "../messages/zh-CN.json";

type Catalogue = Record<string, unknown>;
const catalogues: Record<string, Catalogue> = { en, "zh-CN": zh };
const keys = (catalogue: Catalogue) => Object.keys(catalogue).filter((key) => !key.startsWith("$"));

/** The texts of a message: one, or one per form. */
function texts(message: unknown): string[] {
  if (typeof message === "string") return [message];
  return (message as { match: Record<string, string> }[]).flatMap(({ match }) => Object.values(match));
}

const parameters = (message: unknown) =>
  [...new Set(texts(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["paraglide", "generated"].includes(entry.name) ? [] : sources(path);
    return /\.(svelte|ts)$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

it("has the same messages in both languages", () => {
  expect(keys(zh)).toEqual(keys(en));
  expect(keys(en)).toEqual(keys(en).toSorted());
});

it("takes the same parameters in both languages", () => {
  // A number that the plural form says by itself may be left out of the text.
  const without = (list: string[]) => list.filter((name) => name !== "{count}");
  const of = (catalogue: Catalogue, key: string) => without(parameters(catalogue[key]));
  expect(keys(en).filter((key) => of(en, key).join() !== of(zh, key).join())).toEqual([]);
});

describe.each(Object.entries(catalogues))("%s", (_, catalogue) => {
  it("leaves no message empty", () => {
    const empty = keys(catalogue).filter((key) => texts(catalogue[key]).some((text) => text.trim() === ""));
    expect(empty).toEqual([]);
  });
});

it("translates", () => {
  // These are the same by nature: a proper name, and nothing but parameters.
  const same = keys(en).filter(
    (key) => texts((en as Catalogue)[key])[0] === texts((zh as Catalogue)[key])[0],
  );
  expect(same).toEqual(["cloud_gcp", "plan_title_one", "provider_aws", "provider_gcp"]);
});

it("holds every message that is asked for, and no other", () => {
  const asked = new Set(
    sources("src")
      .flatMap((text) => text.match(/\bm\.[a-z0-9_]+/g) ?? [])
      .map((use) => use.slice(2)),
  );
  // What a check found is said by nepho alone; its tests hold that it has every text.
  const ofNepho = ["check_broken", "check_ok", "check_warning"];
  expect([...asked, ...ofNepho].sort()).toEqual(keys(en));
});

it.each([
  [["de-DE", "zh-TW", "en"], "zh-CN"],
  [["en-GB"], "en"],
  [["fr"], "en"],
  [[], "en"],
])("prefers for %j %s", (languages, locale) => {
  expect(preferred(languages)).toBe(locale);
});
