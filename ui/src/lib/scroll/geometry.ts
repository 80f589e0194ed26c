// The arithmetic of a long list in a short element: which rows are on screen, and where they are.
//
// Browsers cap an element's height somewhere between 8 and 33 million pixels, so beyond the cap the
// scroll position is mapped onto the rows instead of being measured in them.

/** The tallest canvas that every engine lays out exactly. */
export const MAX_CANVAS = 8_000_000;
/** Rows drawn above and below the visible ones, so that a small scroll shows no gap. */
export const OVERSCAN = 4;

export type List = { rows: number; rowHeight: number; viewport: number };
export type Slice = {
  /** The first row drawn. */
  first: number;
  /** The number of rows drawn. */
  count: number;
  /** The position of the first row drawn, from the canvas's top, in pixels. */
  top: number;
};

/** The height of the element that is scrolled. */
export function canvasHeight({ rows, rowHeight }: List): number {
  return Math.min(rows * rowHeight, MAX_CANVAS);
}

/** The rows to draw when the element is scrolled to `scrollTop`. */
export function slice(list: List, scrollTop: number): Slice {
  const { rows, rowHeight, viewport } = list;
  if (rows === 0 || viewport <= 0) return { first: 0, count: 0, top: 0 };
  const offset = rowOffset(list, scrollTop);
  const firstVisible = Math.min(Math.floor(offset / rowHeight), rows - 1);
  const first = Math.max(0, firstVisible - OVERSCAN);
  const last = Math.min(rows, firstVisible + onScreen(viewport, rowHeight) + OVERSCAN);
  return { first, count: last - first, top: clampScroll(list, scrollTop) - offset + first * rowHeight };
}

/** The most rows that are ever drawn at once: as many row elements are used, again and again. */
export function slotCount({ rowHeight, viewport }: List): number {
  return onScreen(viewport, rowHeight) + 2 * OVERSCAN;
}

/** Returns the scroll position that shows `row`; `null` when it is on screen already. */
export function scrollTo(list: List, scrollTop: number, row: number): number | null {
  const offset = rowOffset(list, scrollTop);
  const top = row * list.rowHeight;
  if (top < offset) return scrollAt(list, top);
  const bottom = top + list.rowHeight;
  return bottom > offset + list.viewport ? scrollAt(list, bottom - list.viewport) : null;
}

/** The number of whole rows that fit, for paging by keyboard. */
export function page({ viewport, rowHeight }: List): number {
  return Math.max(1, Math.floor(viewport / rowHeight) - 1);
}

/** The greatest number of rows that a viewport touches. */
function onScreen(viewport: number, rowHeight: number): number {
  return Math.max(1, Math.ceil(viewport / rowHeight) + 1);
}

/** The scroll position in pixels of the whole list, as if the canvas were not capped. */
function rowOffset(list: List, scrollTop: number): number {
  const scrollable = canvasHeight(list) - list.viewport;
  if (scrollable <= 0) return 0;
  return (clampScroll(list, scrollTop) / scrollable) * (list.rows * list.rowHeight - list.viewport);
}

function scrollAt(list: List, offset: number): number {
  const whole = list.rows * list.rowHeight - list.viewport;
  if (whole <= 0) return 0;
  return (Math.min(Math.max(0, offset), whole) / whole) * (canvasHeight(list) - list.viewport);
}

function clampScroll(list: List, scrollTop: number): number {
  return Math.min(Math.max(0, scrollTop), Math.max(0, canvasHeight(list) - list.viewport));
}
