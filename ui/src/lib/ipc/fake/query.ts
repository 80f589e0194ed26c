// A poor relation of the real query language (crates/nepho-index): enough to see the window react.
import type { FacetValue, QueryError, Row, Sort } from "$lib/ipc/types";

const KEYS: Record<string, (row: Row, value: string) => boolean> = {
  state: (row, value) => row.state === value,
  raw: (row, value) => row.raw_state.toLowerCase() === value,
  region: (row, value) => glob(row.region, value) || glob(row.zone ?? "", value),
  account: (row, value) => glob(row.account.toLowerCase(), value),
  kind: (row, value) => row.kind === value,
  provider: (row, value) => row.provider === value,
  tag: (row, value) => {
    const [key = "", wanted] = value.split("=");
    const found = row.tags[key];
    return found !== undefined && (wanted === undefined || found.toLowerCase() === wanted);
  },
  is: (row, value) => (value === "stale" ? row.stale : row.missing_since !== null),
};
const STATE = /^(pending|running|stopp(ing|ed)|suspend(ing|ed)|terminat(ing|ed)|repairing|unknown)$/;

export type Filter = (row: Row) => boolean;

export function parse(query: string): { filter: Filter } | { error: QueryError } {
  const filters: Filter[] = [];
  for (const match of query.matchAll(/\S+/g)) {
    const start = match.index;
    const negated = match[0].startsWith("-") && match[0].length > 1;
    const term = negated ? match[0].slice(1) : match[0];
    const colon = term.indexOf(":");
    let filter: Filter;
    if (colon < 0) {
      filter = word(term.toLowerCase());
    } else {
      const key = term.slice(0, colon);
      const values = term.slice(colon + 1).toLowerCase();
      const at = start + (negated ? 1 : 0);
      const end = start + match[0].length;
      const test = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
      if (!test) return { error: { code: "unknown_key", start: at, end: at + colon, word: key } };
      if (!values) return { error: { code: "empty_value", start: at, end, word: term } };
      if (key === "state" && !values.split(",").every((value) => STATE.test(value))) {
        return { error: { code: "unknown_state", start: at + colon + 1, end, word: values } };
      }
      filter = (row) => values.split(",").some((value) => test(row, value));
    }
    filters.push(negated ? (row) => !filter(row) : filter);
  }
  return { filter: (row) => filters.every((filter) => filter(row)) };
}

function word(text: string): Filter {
  return (row) =>
    [row.name, row.id, ...row.private_ips, ...row.public_ips, ...Object.entries(row.tags).flat()].some(
      (value) => value.toLowerCase().includes(text),
    );
}

function glob(text: string, pattern: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

const VALUES: Record<Sort["column"], (row: Row) => string> = {
  name: (row) => row.name,
  state: (row) => row.state,
  kind: (row) => row.kind,
  account: (row) => row.account,
  region: (row) => row.zone ?? row.region,
  size: (row) => row.size,
  private_ip: (row) => padded(row.private_ips[0]),
  public_ip: (row) => padded(row.public_ips[0]),
  started_at: (row) => row.started_at ?? "",
  as_of: (row) => row.as_of ?? "",
};

export function sorted(rows: Row[], sort: Sort): Row[] {
  const value = VALUES[sort.column];
  const order = new Intl.Collator("en").compare;
  const up = rows.toSorted((a, b) => order(value(a), value(b)) || order(a.id, b.id));
  return sort.descending ? up.reverse() : up;
}

function padded(ip: string | undefined): string {
  return (ip ?? "").replaceAll(/\d+/g, (part) => part.padStart(3, "0"));
}

export function tally(rows: Row[], value: (row: Row) => string): FacetValue[] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(value(row), (counts.get(value(row)) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ value: name, label: name, count }))
    .sort((a, b) => b.count - a.count);
}
