// Adds and removes terms of a query text. The query language itself lives in Rust.

/** A term such as `state:running`, quoted where the value is no bare word. */
export function term(key: string, value: string): string {
  return /^[^\s",:-][^\s",:]*$/.test(value) ? `${key}:${value}` : `${key}:"${value.replaceAll('"', "")}"`;
}

type Found = { start: number; end: number; values: string[] };

/** Returns whether the query asks for the term, alone or in a list such as `state:running,stopped`. */
export function hasTerm(query: string, wanted: string): boolean {
  const { key, value } = parts(wanted);
  return lists(query, key).some(({ values }) => values.includes(value));
}

/** Returns the query with the value added to its list, or taken away if it is there. */
export function toggleTerm(query: string, wanted: string): string {
  const { key, value } = parts(wanted);
  const found = lists(query, key);
  const list = found.find(({ values }) => values.includes(value)) ?? found[0];
  if (!list) return `${query.trimEnd()} ${wanted}`.trim();
  const { values } = list;
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return replaced(query, list, next.length > 0 ? `${key}:${next.join(",")}` : "");
}

/** Returns the query without its lists for the key, or the query itself when it has none. */
export function withoutKey(query: string, key: string): string {
  return lists(query, key)
    .toReversed()
    .reduce((text, list) => replaced(text, list, ""), query);
}

function replaced(query: string, { start, end }: Found, text: string): string {
  const [before, after] = [query.slice(0, start).trimEnd(), query.slice(end).trimStart()];
  return [before, text, after].filter((part) => part !== "").join(" ");
}

/** The lists of values for a key; a negated one narrows by what it leaves out, so it is not among them. */
function lists(query: string, key: string): Found[] {
  return [...query.matchAll(/(?:"[^"]*"|[^\s"])+/g)]
    .filter(([text]) => text.toLowerCase().startsWith(`${key}:`))
    .map(({ 0: text, index }) => ({
      start: index,
      end: index + text.length,
      values: text.slice(key.length + 1).match(/(?:"[^"]*"|[^",])+/g) ?? [],
    }));
}

function parts(wanted: string): { key: string; value: string } {
  const colon = wanted.indexOf(":");
  return { key: wanted.slice(0, colon), value: wanted.slice(colon + 1) };
}

/** The query without its own order, so that a click on a column's head counts. */
export function withoutSort(query: string): string {
  return query.replace(/(^|\s)sort:\S*/gi, "").trim();
}
