// What single cells of the table say.
import type { Row } from "$lib/ipc/types";
import { exact } from "$lib/time/age";
import { failureText } from "$lib/words/failure";
import * as m from "$messages";

/** What the zone adds to its region: "b" for `eu-west-1b`, " · zone" for one of another name. */
export function zoneSuffix(region: string, zone: string | null): string {
  if (zone === null || zone === region) return "";
  return zone.startsWith(region) ? zone.slice(region.length) : ` · ${zone}`;
}

/** The tags that say most, first of all. */
const FOREMOST = ["env", "environment", "team", "service", "app", "role", "owner"];
/** Tags that a cloud sets for itself. */
const SYSTEM = /^(aws:|goog-|k8s\.io|kubernetes\.io)/i;

/** Tags in the order of their use: the operator's own, then those of the cloud. */
export function tagsInOrder(tags: Readonly<Record<string, string>>): [string, string][] {
  const rank = (name: string) => {
    if (SYSTEM.test(name)) return FOREMOST.length + 1;
    const at = FOREMOST.indexOf(name.toLowerCase());
    return at < 0 ? FOREMOST.length : at;
  };
  return Object.entries(tags).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** How fresh a row is, and why it is no fresher: for hovering over its age. */
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
