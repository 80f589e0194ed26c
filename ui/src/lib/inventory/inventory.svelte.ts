// The inventory on screen: a query, an order, and a few windows of rows. The rows live in Rust.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { call } from "$lib/ipc";
import type {
  Facets,
  InventoryWindow,
  QueryError,
  Row,
  SelectionChange,
  SelectionSummary,
  Sort,
  SortColumn,
} from "$lib/ipc/types";
import { changedKeys } from "$lib/inventory/changed-rows";
import { siblingFacets } from "$lib/inventory/facets";
import { HeldRows } from "$lib/inventory/held-rows.svelte";
import { withoutSort } from "$lib/inventory/term";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

/** Rows per window: few enough for one quick reply, many enough for a screen. */
export const PAGE = 100;
/** How many windows are kept. */
const PAGES_KEPT = 6;
/** A pause in typing, in milliseconds. */
const TYPING_MS = 60;
/** A pause in typing after which an error in the query is shown, in milliseconds. */
const ERROR_MS = 700;
/** A little longer than the glow's animation, in milliseconds. */
const GLOW_MS = 2_000;

/** The selection until Rust has answered. */
const NOTHING: SelectionSummary = { count: 0, hidden: 0, most: 0, actions: [] };

export class Inventory {
  query = $state("");
  /** The query of the rows on screen: while another is typed that is not understood, the last good one. */
  answered = $state("");
  sort = $state<Sort>({ column: "name", descending: false });
  /** The last reply, for everything in it but the rows. */
  last = $state.raw<InventoryWindow | null>(null);
  /** The values that narrow the list, each column without the query's own terms for it. */
  facets = $state.raw<Facets | null>(null);
  /** Where the keyboard is: a position, and the row that was there. */
  cursor = $state<{ index: number; key: string | null }>({ index: 0, key: null });
  /** Whether the operator put the cursor on its row; a change of query or screen clears it. */
  chosen = $state(false);
  /** Rows that changed a moment ago. */
  readonly glowing = new SvelteSet<string>();

  readonly total = $derived(this.last?.total ?? 0);
  /** Rows that no longer match but keep their places until the list is sorted again. */
  readonly held = new HeldRows();
  /** All rows on screen: those that match, and those that are held. */
  readonly length = $derived(this.total + this.held.list.length);
  readonly selection = $derived(this.last?.selection ?? NOTHING);
  /** The row under the cursor, if it still is the row that the operator put it on. */
  readonly cursorRow = $derived.by(() => {
    const row = this.row(this.cursor.index);
    return row && row.key === this.cursor.key ? row : null;
  });

  /** The row under the cursor, if the operator moved to it: keys act on no other. */
  readonly chosenRow = $derived(this.chosen ? this.cursorRow : null);

  readonly #pages = new SvelteMap<number, readonly Row[]>();
  #shown = { first: 0, count: 0 };
  /** The query that is asked for; a query being typed is asked for after a pause. */
  #asked = "";
  /** Counts queries and orders: a reply to an earlier one is dropped. */
  #epoch = 0;
  #fresh = true;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #typed = false;
  /** The error of a query that is still being typed, and the timer that shows it. */
  #error: QueryError | null = null;
  #erring: ReturnType<typeof setTimeout> | undefined;
  /** No reply to the query is here yet. */
  #waiting = true;
  #anchor: string | null = null;
  // Not on screen, so not reactive.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #loading = new Set<number>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #acted = new Set<string>();
  #again = false;
  #selecting: Promise<void> = Promise.resolve();
  /** Whether rows are selected after the changes under way; `null` when none is under way. */
  #willSelect: boolean | null = null;

  /** The row at a position, if its window is here. */
  row(index: number): Row | undefined {
    return this.held.at(index) ?? this.#matching(this.held.toMatch(index));
  }

  #matching(match: number): Row | undefined {
    return this.#pages.get(Math.floor(match / PAGE))?.[match % PAGE];
  }

  /** Notes the rows that the operator acted on: they keep their places although they change. */
  acted(keys: readonly string[]): void {
    for (const key of keys) this.#acted.add(key);
  }

  /** Takes another query, as it is typed. */
  ask(query: string, typed = false): void {
    this.query = query;
    this.#typed = typed;
    clearTimeout(this.#typing);
    this.#hideError();
    if (typed) this.#typing = setTimeout(() => this.#restart(), TYPING_MS);
    else this.#restart();
  }

  /** Shows the error of the query at once. */
  showError(): void {
    clearTimeout(this.#erring);
    if (this.#error && this.last) this.last = { ...this.last, error: this.#error };
    this.#error = null;
  }

  #hideError(): void {
    clearTimeout(this.#erring);
    this.#error = null;
    if (this.last?.error) this.last = { ...this.last, error: null };
  }

  /** Sorts by a column; a second time, the other way round. */
  sortBy(column: SortColumn): void {
    const descending = this.sort.column === column && !this.sort.descending;
    this.sort = { column, descending };
    this.query = withoutSort(this.query);
    this.#restart();
  }

  /** Says which rows are on screen, so that their windows are fetched. */
  show(first: number, count: number): void {
    this.#shown = { first, count };
    for (const page of this.#wanted()) if (!this.#pages.has(page)) void this.#load(page);
  }

  /** Asks again for what is on screen, after a hint. */
  async refresh(): Promise<void> {
    if (this.#loading.size > 0) {
      this.#again = true;
      return;
    }
    const wanted = this.#wanted();
    for (const page of [...this.#pages.keys()]) if (!wanted.includes(page)) this.#pages.delete(page);
    await Promise.all(wanted.map((page) => this.#load(page)));
    if (this.held.list.length > 0) await this.#refreshHeld();
  }

  async #refreshHeld(): Promise<void> {
    try {
      await this.held.refresh(this.answered, this.sort);
      this.#follow();
    } catch (error) {
      toasts.fail(m.failed_query(), error);
    }
  }

  moveTo(index: number): void {
    const at = Math.min(Math.max(0, index), Math.max(0, this.length - 1));
    this.cursor = { index: at, key: this.row(at)?.key ?? null };
    this.chosen = !this.#waiting && this.cursor.key !== null;
  }

  /** Whether rows are selected, also while the reply to a change of the selection is awaited. */
  get hasSelection(): boolean {
    return this.#willSelect ?? this.selection.count > 0;
  }

  /** Resolves when every change of the selection so far is made. */
  selectionMade(): Promise<void> {
    return this.#selecting;
  }

  toggle(row: Row): void {
    this.#anchor = row.key;
    this.#mark((one) => (one.key === row.key ? !one.selected : one.selected));
    this.#select({ type: "toggle", key: row.key }, !row.selected || this.selection.count > 1);
  }

  /** Adds the rows between the last one that was toggled and this one. */
  extendTo(row: Row): void {
    const from = this.#anchor ?? row.key;
    this.#select({ type: "range", query: this.answered, sort: { ...this.sort }, from, to: row.key }, true);
  }

  /** Starts a range at the row under the cursor, if none was begun. */
  anchorAt(row: Row): void {
    this.#anchor = row.key;
  }

  selectAll(): void {
    this.#mark(() => true);
    this.#select({ type: "all", query: this.answered }, this.total > 0);
  }

  clearSelection(): void {
    this.#anchor = null;
    this.#mark(() => false);
    this.#select({ type: "clear" }, false);
  }

  #restart(): void {
    this.#epoch += 1;
    this.#asked = this.query;
    this.#fresh = true;
    this.#waiting = true;
    this.#loading.clear();
    this.#shown = { first: 0, count: Math.max(this.#shown.count, 1) };
    this.cursor = { index: 0, key: null };
    this.chosen = false;
    this.#acted.clear();
    void this.#load(0);
  }

  #wanted(): number[] {
    const first = this.held.toMatch(this.#shown.first);
    const from = Math.floor(first / PAGE);
    const to = Math.floor(Math.max(first, first + this.#shown.count - 1) / PAGE);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  }

  async #load(page: number): Promise<void> {
    if (this.#loading.has(page)) return;
    this.#loading.add(page);
    const epoch = this.#epoch;
    try {
      const request = { query: this.#asked, sort: { ...this.sort }, offset: page * PAGE, limit: PAGE };
      const reply = await call("query_inventory", request);
      if (epoch === this.#epoch) this.#take(page, reply);
    } catch (error) {
      if (epoch === this.#epoch) toasts.fail(m.failed_query(), error);
    } finally {
      if (epoch === this.#epoch) this.#loading.delete(page);
    }
    if (this.#again && this.#loading.size === 0) {
      this.#again = false;
      await this.refresh();
    }
  }

  #take(page: number, reply: InventoryWindow): void {
    this.#waiting = false;
    if (reply.error && this.#pages.size > 0) {
      this.#keep(reply.error);
      return;
    }
    if (this.#fresh) {
      this.#pages.clear();
      this.held.clear();
    }
    this.#hold(page, reply.rows);
    this.answered = this.#asked;
    this.#glow(changedKeys(this.#pages.get(page) ?? [], reply.rows));
    this.#pages.set(page, reply.rows);
    this.#fresh = false;
    this.last = reply;
    void this.#count(reply);
    this.#forget();
    this.#follow();
  }

  /** Holds the rows of a window that the reply no longer has, if the operator has to do with them. */
  #hold(page: number, rows: readonly Row[]): void {
    const cursor = this.chosen ? this.cursor.key : null;
    const wanted = ({ key, selected }: Row) => selected || key === cursor || this.#acted.has(key);
    this.held.take(page * PAGE, this.#pages.get(page) ?? [], rows, wanted);
  }

  /** Keeps the last good rows, and shows the error after a pause in typing. */
  #keep(error: QueryError): void {
    this.#follow();
    if (this.last?.error) return;
    const known = this.#error !== null;
    this.#error = error;
    if (!this.#typed) this.showError();
    else if (!known) this.#erring = setTimeout(() => this.showError(), ERROR_MS);
  }

  /** Counts the values that narrow the list; those on screen stay until all are counted. */
  async #count(reply: InventoryWindow): Promise<void> {
    const epoch = this.#epoch;
    try {
      const facets = await siblingFacets(this.#asked, this.sort, reply);
      if (epoch === this.#epoch) this.facets = facets;
    } catch {
      // The next refresh counts again, and says what failed.
    }
  }

  /** Drops the windows farthest from the screen. */
  #forget(): void {
    const middle = this.#shown.first / PAGE;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const page of far.slice(PAGES_KEPT)) this.#pages.delete(page);
  }

  /** Keeps the cursor on its row, wherever that went. */
  #follow(): void {
    const { index, key } = this.cursor;
    const here = this.row(index);
    if (key === null) {
      if (here) this.cursor = { index, key: here.key };
      return;
    }
    if (here?.key === key) return;
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => row.key === key);
      if (at >= 0) {
        this.cursor = { index: this.held.toScreen(page * PAGE + at), key };
        return;
      }
    }
    const held = this.held.indexOf(key);
    if (held >= 0) this.cursor = { index: held, key };
  }

  /** Shows a change of the selection before the reply says so. */
  #mark(selected: (row: Row) => boolean): void {
    const marked = (row: Row) => (selected(row) === row.selected ? row : { ...row, selected: !row.selected });
    for (const [page, rows] of this.#pages) this.#pages.set(page, rows.map(marked));
    this.held.update(marked);
  }

  /** Changes the selection in Rust, after the changes before; `some`: rows are selected then. */
  #select(change: SelectionChange, some: boolean): void {
    this.#willSelect = some;
    const made = this.#selecting.then(async () => {
      try {
        const selection = await call("update_selection", { change, query: this.answered });
        if (this.last) this.last = { ...this.last, selection };
      } catch (error) {
        toasts.fail(m.failed_select(), error);
      }
      if (this.#selecting === made) this.#willSelect = null;
    });
    this.#selecting = made;
    void made.then(() => this.refresh());
  }

  #glow(keys: string[]): void {
    if (keys.length === 0) return;
    for (const key of keys) this.glowing.add(key);
    setTimeout(() => keys.forEach((key) => this.glowing.delete(key)), GLOW_MS);
  }
}

export const inventory = new Inventory();
