// Copies what the operator chose: the selected rows or the row under the cursor, its id, its address.
import { call } from "$lib/ipc";
import type { Row } from "$lib/ipc/types";
import { count } from "$lib/i18n/format";
import { inventory } from "$lib/inventory/inventory.svelte";
import { tsv } from "$lib/inventory/tsv";
import { type Copied, copy, copyPromised } from "$lib/shell/clipboard";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

/** The most rows that are copied at once. */
const MOST = 5_000;
/** Rows per request: the most that one may ask for. */
const PAGE = 200;

/** Copies the selected rows that match the query, or else the row under the cursor. */
export async function copyRows(columns: readonly string[]): Promise<void> {
  try {
    await copyPromised(chosenRows().then((found) => copied(found, columns)));
  } catch (error) {
    toasts.fail(m.failed_copy_rows(), error);
  }
}

/** Copies the id of the row under the cursor. */
export function copyId(row: Row): void {
  void copy(row.id, m.the_id());
}

/** Copies the address of the row under the cursor: the public one if there is one. */
export function copyAddress({ public_ips, private_ips }: Row): void {
  const address = public_ips[0] ?? private_ips[0];
  if (address === undefined) toasts.say("quiet", m.copy_no_address());
  else void copy(address, m.the_address());
}

type Found = { rows: Row[]; total: number };

function copied({ rows, total }: Found, columns: readonly string[]): Copied {
  const what = { count: rows.length, number: count(rows.length), total: count(total) };
  const part = rows.length < total;
  return { text: tsv(rows, columns), what: part ? m.copied_rows_first(what) : m.copied_rows(what) };
}

async function chosenRows(): Promise<Found> {
  const total = inventory.selection.count - inventory.selection.hidden;
  if (total === 0) {
    const row = inventory.cursorRow;
    return { rows: row ? [row] : [], total: row ? 1 : 0 };
  }
  const wanted = Math.min(total, MOST);
  const { answered: query, sort } = inventory;
  const rows: Row[] = [];
  let matching = Infinity;
  for (let offset = 0; rows.length < wanted && offset < matching; offset += PAGE) {
    const reply = await call("query_inventory", { query, sort: { ...sort }, offset, limit: PAGE });
    matching = reply.total;
    rows.push(...reply.rows.filter(({ selected }) => selected));
  }
  return { rows: rows.slice(0, wanted), total };
}
