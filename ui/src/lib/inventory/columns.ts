// The table's columns, in order. Widths are in the stylesheet, by the same names.
import type { SortColumn } from "$lib/ipc/types";
import * as m from "$messages";

export type Column = { id: string; sort: SortColumn | null; title: () => string };

export const COLUMNS: readonly Column[] = [
  { id: "name", sort: "name", title: m.column_name },
  { id: "state", sort: "state", title: m.column_state },
  { id: "kind", sort: "kind", title: m.column_kind },
  { id: "account", sort: "account", title: m.column_account },
  { id: "region", sort: "region", title: m.column_region },
  { id: "size", sort: "size", title: m.column_size },
  { id: "private-ip", sort: "private_ip", title: m.column_private_ip },
  { id: "public-ip", sort: "public_ip", title: m.column_public_ip },
  { id: "tags", sort: null, title: m.column_tags },
  { id: "as-of", sort: "as_of", title: m.column_as_of },
];
