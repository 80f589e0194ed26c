// Which rows changed in a way that is worth a glow.
import type { Row } from "$lib/ipc/types";

/** The keys of rows that look different from before. Rows not seen before are not among them. */
export function changedKeys(before: readonly Row[], after: readonly Row[]): string[] {
  const known = new Map(before.map((row) => [row.key, row]));
  return after
    .filter((row) => {
      const old = known.get(row.key);
      return old !== undefined && face(old) !== face(row);
    })
    .map(({ key }) => key);
}

/** What an operator would notice. Ages and the selection are not news. */
function face(row: Row): string {
  const { name, state, raw_state, pending, size, private_ips, public_ips, missing_since } = row;
  return JSON.stringify([name, state, raw_state, pending, size, private_ips, public_ips, missing_since]);
}
