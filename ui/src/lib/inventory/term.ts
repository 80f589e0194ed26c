// Adds and removes terms of a query text. The query language itself lives in Rust.

/** A term such as `state:running`, quoted where the value is no bare word. */
export function term(key: string, value: string): string {
  return /^[^\s",:-][^\s",:]*$/.test(value) ? `${key}:${value}` : `${key}:"${value.replaceAll('"', "")}"`;
}

/** Whether the query has the term, as a whole. */
export function hasTerm(query: string, wanted: string): boolean {
  return ` ${query} `.includes(` ${wanted} `);
}

/** The query with the term added at its end, or taken away if it is there. */
export function toggleTerm(query: string, wanted: string): string {
  const text = hasTerm(query, wanted)
    ? ` ${query} `.replace(` ${wanted} `, " ")
    : `${query.trimEnd()} ${wanted}`;
  return text.trim();
}

/** The query without its own order, so that a click on a column's head counts. */
export function withoutSort(query: string): string {
  return query.replace(/(^|\s)sort:\S*/gi, "").trim();
}
