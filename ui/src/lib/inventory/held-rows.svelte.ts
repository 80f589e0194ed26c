// Rows that no longer match the query but stay where they were until the list is sorted again: the
// operator acted on them, selected them or has the cursor there. Rust knows nothing of them.
import { term } from "$lib/inventory/term";
import { call } from "$lib/ipc";
import type { Row, Sort } from "$lib/ipc/types";

/** A row and the number of matching rows before it. */
type Held = { before: number; row: Row };

/** The most rows that are held; the others leave as soon as they no longer match. */
const MOST = 50;
/** Resources of several accounts can have the same id: the rows to look at for one of them. */
const ALIKE = 20;

export class HeldRows {
  /** In the order on screen. */
  list = $state.raw<readonly Held[]>([]);

  /** Returns the held row at a position on screen. */
  at(index: number): Row | undefined {
    return this.list.find(({ before }, rank) => before + rank === index)?.row;
  }

  /** Returns the position of a held row on screen; -1 when it is not held. */
  indexOf(key: string): number {
    const rank = this.list.findIndex(({ row }) => row.key === key);
    return rank < 0 ? -1 : (this.list[rank]?.before ?? 0) + rank;
  }

  /** Returns the position among the matching rows of a position on screen. */
  toMatch(index: number): number {
    return index - this.list.filter(({ before }, rank) => before + rank < index).length;
  }

  /** Returns the position on screen of a position among the matching rows. */
  toScreen(match: number): number {
    return match + this.list.filter(({ before }) => before <= match).length;
  }

  /**
   * Takes a window of matching rows in the place of the one before; `start` is the position of its
   * first row. Wanted rows that are gone from it are held behind the row that they stood behind.
   */
  take(start: number, old: readonly Row[], rows: readonly Row[], wanted: (row: Row) => boolean): void {
    const inside = ({ before }: Held) => before >= start && before <= start + old.length;
    const list = this.list.filter((held) => !inside(held));
    let before = start;
    for (let at = 0; at <= old.length; at += 1) {
      for (const held of this.list) if (held.before === start + at) list.push({ before, row: held.row });
      const row = old[at];
      if (!row) continue;
      const found = rows.findIndex(({ key }) => key === row.key);
      if (found >= 0) before = start + found + 1;
      else if (wanted(row)) list.push({ before, row });
    }
    const stay = list.filter(({ row }) => !rows.some(({ key }) => key === row.key));
    if (stay.length > 0 || this.list.length > 0)
      this.list = stay.toSorted((a, b) => a.before - b.before).slice(0, MOST);
  }

  #release(keys: readonly string[]): void {
    if (this.list.some(({ row }) => keys.includes(row.key)))
      this.list = this.list.filter(({ row }) => !keys.includes(row.key));
  }

  /** Changes the rows themselves. */
  update(change: (row: Row) => Row): void {
    this.list = this.list.map(({ before, row }) => ({ before, row: change(row) }));
  }

  clear(): void {
    if (this.list.length > 0) this.list = [];
  }

  /** Reads the held rows again; releases those that match outside of what is loaded, or are gone. */
  async refresh(query: string, sort: Sort): Promise<void> {
    const read = await Promise.all(this.list.map(({ row }) => current(row, query, sort)));
    const stay = read.filter((row) => row !== null);
    const leave = this.list.filter(({ row }) => !stay.some(({ key }) => key === row.key));
    this.#release(leave.map(({ row }) => row.key));
    this.update((row) => stay.find(({ key }) => key === row.key) ?? row);
  }
}

/** Returns the row as it is now; `null` when it matches the query after all, or is gone. */
async function current({ key, id }: Row, query: string, sort: Sort): Promise<Row | null> {
  const request = { query: `${query} ${term("id", id)}`, sort: { ...sort }, offset: 0, limit: ALIKE };
  const { rows } = await call("query_inventory", request);
  if (rows.some((row) => row.key === key)) return null;
  const shown = await call("get_resource", { key }).catch(() => null);
  return shown?.row ?? null;
}
