// A text cut in three at the characters that an error points at.

export type Span = { before: string; marked: string; after: string };

/** Cuts at two UTF-16 offsets. Offsets out of range are moved to the nearest end. */
export function cut(text: string, start: number, end: number): Span {
  const from = Math.min(Math.max(0, start), text.length);
  const to = Math.min(Math.max(from, end), text.length);
  return { before: text.slice(0, from), marked: text.slice(from, to), after: text.slice(to) };
}
