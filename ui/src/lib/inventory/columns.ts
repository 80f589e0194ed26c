// The table's columns, in order: their titles, widths and order of hiding. Nothing else names them.
import type { SortColumn } from "$lib/ipc/types";
import * as m from "$messages";

export type ColumnId =
  "name" | "state" | "cloud" | "account" | "zone" | "size" | "private-ip" | "public-ip" | "tags" | "as-of";

export type Column = {
  id: ColumnId;
  title: () => string;
  sort: SortColumn | null;
  /** The least width in pixels, with the gap to the next column. */
  width: number;
  /** The share of the room that is left over. */
  grow: number;
  /** The order of hiding where the room is short: 1 is hidden first, 0 never. */
  hidden: number;
};

export type Layout = {
  columns: readonly Column[];
  /** The widths in pixels, by column. */
  widths: ReadonlyMap<ColumnId, number>;
  /** The value of `grid-template-columns`, with the check box's column. */
  template: string;
};

/** The width of the check boxes' column, in pixels. */
const SELECT = 28;
/** The padding of a row at both its ends, in pixels. */
const PADDING = 24;
/** "255.255.255.255" in the widest of the fonts for code, in pixels. */
const IP = 132;

export const COLUMNS: readonly Column[] = [
  { id: "name", sort: "name", title: m.column_name, width: 240, grow: 3, hidden: 0 },
  { id: "state", sort: "state", title: m.column_state, width: 104, grow: 0, hidden: 0 },
  { id: "cloud", sort: null, title: m.column_cloud, width: 64, grow: 0, hidden: 3 },
  { id: "account", sort: "account", title: m.column_account, width: 118, grow: 1, hidden: 7 },
  { id: "zone", sort: "region", title: m.column_zone, width: 126, grow: 2, hidden: 6 },
  { id: "size", sort: "size", title: m.column_size, width: 110, grow: 1, hidden: 4 },
  { id: "private-ip", sort: "private_ip", title: m.column_private_ip, width: IP, grow: 0, hidden: 5 },
  { id: "public-ip", sort: "public_ip", title: m.column_public_ip, width: IP, grow: 0, hidden: 1 },
  { id: "tags", sort: null, title: m.column_tags, width: 128, grow: 6, hidden: 2 },
  { id: "as-of", sort: "as_of", title: m.column_as_of, width: 66, grow: 0, hidden: 0 },
];

/** Returns the columns that fit into a table of this width, and their widths. */
export function layout(width: number): Layout {
  const room = width - SELECT - PADDING;
  let columns = COLUMNS;
  const least = () => columns.reduce((sum, column) => sum + column.width, 0);
  for (let order = 1; least() > room && order <= COLUMNS.length; order += 1) {
    columns = columns.filter(({ hidden }) => hidden !== order);
  }
  const spare = Math.max(0, room - least());
  const shares = columns.reduce((sum, { grow }) => sum + grow, 0);
  const widths = new Map(columns.map((column) => [column.id, column.width + (spare * column.grow) / shares]));
  const template = [SELECT, ...widths.values()].map((one) => `${Math.floor(one)}px`).join(" ");
  return { columns, widths, template };
}
