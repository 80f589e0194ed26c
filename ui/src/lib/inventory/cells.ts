// The contents of the table's cells: texts, titles, and the facts that tests and styles read.
import type { ColumnId } from "$lib/inventory/columns";
import type { Row } from "$lib/ipc/types";
import { pendingName } from "$lib/labels/action";
import { failureText } from "$lib/labels/failure";
import { visible } from "$lib/text/visible";
import { exact } from "$lib/time/age";
import * as m from "$messages";

/** The part of a zone after its region: "b" for `eu-west-1b`, " · zone" for one of another name. */
export function zoneSuffix(region: string, zone: string | null): string {
  if (zone === null || zone === region) return "";
  return zone.startsWith(region) ? zone.slice(region.length) : ` · ${zone}`;
}

/** Tags in the order that operators look for them. */
const FOREMOST = ["env", "environment", "team", "service", "app", "role", "owner"];
/** The names of tags that a cloud sets. */
const SYSTEM = /^(aws:|goog-|k8s\.io|kubernetes\.io)/i;

/** Returns the operator's tags, the well-known ones first, then those of the cloud. */
export function tagsInOrder(tags: Readonly<Record<string, string>>): [string, string][] {
  const rank = (name: string) => {
    if (SYSTEM.test(name)) return FOREMOST.length + 1;
    const at = FOREMOST.indexOf(name.toLowerCase());
    return at < 0 ? FOREMOST.length : at;
  };
  return Object.entries(tags).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The age of a row and the reason for it, as a title. */
export function freshnessText(row: Row): string {
  const parts = [row.as_of === null ? m.never_listed() : m.as_of({ moment: exact(row.as_of) })];
  if (row.missing_since !== null) parts.push(m.missing_since({ moment: exact(row.missing_since) }));
  if (row.error) {
    parts.push(m.scope_failed({ reason: failureText(row.error) }));
  } else if (row.stale && row.missing_since === null) {
    parts.push(m.stale_old());
  }
  return parts.join("\n");
}

/** The average width of a character in a chip, in pixels; a wide character takes two. */
const CHARACTER = 6.4;
/** The padding of a chip, the gap inside it and the gap to the next one, in pixels. */
const CHIP = 20;
/** The room for "+12" and the gap of the cell, in pixels. */
const REST = 36;

/**
 * Returns the number of leading tags whose chips fit into a cell of this width: at least one. The
 * last chip is shortened where the estimate was too small.
 */
export function tagsThatFit(tags: readonly [string, string][], width: number): number {
  let left = width;
  const fitting = tags.findIndex(([name, value], at) => {
    left -= CHIP + CHARACTER * (widthOf(name) + widthOf(value));
    return at > 0 && left < (at === tags.length - 1 ? 0 : REST);
  });
  return fitting < 0 ? tags.length : fitting;
}

/** The width of a text in characters of half an em. */
function widthOf(text: string): number {
  return [...text].reduce((sum, one) => sum + (one > "\u2e7f" ? 2 : 1), 0);
}

/** The titles of cells whose text can be cut off, or that have more to say. */
export const CELL_TITLES: Partial<Record<ColumnId, (row: Row) => string>> = {
  name: (row) => visible(`${row.name} ${row.id}`.trim()),
  state: ({ pending, raw_state }) =>
    pending ? m.pending_hint({ action: pendingName(pending) }) : m.raw_state({ state: visible(raw_state) }),
  account: ({ account }) => visible(account),
  zone: ({ region, zone }) => zone ?? region,
  size: ({ size }) => size,
  "private-ip": ({ private_ips }) => private_ips.join(", "),
  "public-ip": ({ public_ips }) => public_ips.join(", "),
  "as-of": freshnessText,
};

/** Data attributes of cells. */
export const CELL_FACTS: Partial<
  Record<ColumnId, (row: Row) => Record<string, string | boolean | undefined>>
> = {
  state: ({ state, raw_state, pending }) => ({
    "data-state": state,
    "data-raw": raw_state,
    "data-pending": pending ?? undefined,
  }),
  "as-of": ({ stale }) => ({ "data-stale": stale }),
};
