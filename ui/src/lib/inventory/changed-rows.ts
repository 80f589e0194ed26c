// The rows that look different after a reply; the table lets them glow.
import type { Row } from "$lib/ipc/types";

/** Returns the keys of the rows that look different from before; new rows are left out. */
export function changedKeys(before: readonly Row[], after: readonly Row[]): string[] {
  const known = new Map(before.map((row) => [row.key, row]));
  return after
    .filter((row) => {
      const old = known.get(row.key);
      return old !== undefined && face(old) !== face(row);
    })
    .map(({ key }) => key);
}

/** The visible facts of a row, without its age and its selection. */
function face(row: Row): string {
  const { name, state, raw_state, pending, size, private_ips, public_ips, missing_since } = row;
  return JSON.stringify([name, state, raw_state, pending, size, private_ips, public_ips, missing_since]);
}
