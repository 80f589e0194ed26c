// What single cells of the table say.
import type { Row } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import { exact } from "$lib/time/age";
import { failureName } from "$lib/words/failure";
import * as m from "$messages";

/** What the zone adds to its region: "b" for `eu-west-1b`, " · zone" for one of another name. */
export function zoneSuffix(region: string, zone: string | null): string {
  if (zone === null || zone === region) return "";
  return zone.startsWith(region) ? zone.slice(region.length) : ` · ${zone}`;
}

/** How fresh a row is, and why it is no fresher: for hovering over its age. */
export function freshnessText(row: Row): string {
  const parts = [row.as_of === null ? m.never_listed() : m.as_of({ moment: exact(row.as_of) })];
  if (row.missing_since !== null) parts.push(m.missing_since({ moment: exact(row.missing_since) }));
  if (row.failure) {
    parts.push(
      m.scope_failed({ reason: failureName(row.failure.code), message: visible(row.failure.message) }),
    );
  } else if (row.stale && row.missing_since === null) {
    parts.push(m.stale_old());
  }
  return parts.join("\n");
}
