// Rows as tab-separated text for a spreadsheet, one line a row.
import type { Row } from "$lib/ipc/types";
import { tagsInOrder } from "$lib/inventory/cells";
import { visible } from "$lib/text/visible";
import { providerName } from "$lib/labels/clouds";
import { stateName } from "$lib/labels/state";

const zone = ({ region, zone }: Row) => [zone ?? region];
const cloud = ({ provider }: Row) => [providerName(provider)];

/** The fields of a column, by its id. The name's column shows the id as well. */
const FIELDS: Record<string, (row: Row) => string[]> = {
  name: ({ name, id }) => [name, id],
  state: ({ state }) => [stateName(state)],
  kind: cloud,
  cloud,
  account: ({ account }) => [account],
  region: zone,
  zone,
  size: ({ size }) => [size],
  "private-ip": ({ private_ips }) => [private_ips[0] ?? ""],
  "public-ip": ({ public_ips }) => [public_ips[0] ?? ""],
  tags: ({ tags }) => [
    tagsInOrder(tags)
      .filter(([name]) => name !== "Name")
      .map(([name, value]) => `${name}=${value}`)
      .join(", "),
  ],
  "as-of": ({ as_of }) => [as_of ?? ""],
};

/** Returns the rows with these columns, without a head; `visible` leaves no tab or line feed in a field. */
export function tsv(rows: readonly Row[], columns: readonly string[]): string {
  const line = (row: Row) => columns.flatMap((id) => FIELDS[id]?.(row) ?? []).map(visible);
  return rows.map((row) => line(row).join("\t")).join("\n");
}
