// The lines that say how an account's scopes stand: few enough to read, whatever their number.
import type { FailureCode, Scope } from "$lib/ipc/types";

/** Up to here each scope has its own line. */
const FEW = 20;
/** Scopes with the same failure that have lines of their own. */
const SAME = 3;
/** Scopes with machines that have lines of their own; the fullest come first. */
const FULLEST = 12;

/** One scope, or several that stand alike. */
export type ScopeLine =
  { type: "one"; scope: Scope } | { type: "failed" | "more" | "empty" | "never"; scopes: Scope[] };

/** Returns true if there are too many for a line each. */
export function isMany(scopes: readonly Scope[]): boolean {
  return scopes.length > FEW;
}

/** The failed scopes, then those with instances, then the number of the rest. */
export function scopeLines(scopes: readonly Scope[], each: boolean): ScopeLine[] {
  const ordered = scopes.toSorted((a, b) => a.location.localeCompare(b.location));
  const failed = ordered.filter(({ failure }) => failure !== null);
  const well = ordered.filter(({ failure }) => failure === null);
  if (each || !isMany(scopes)) return [...failed, ...well].map(one);
  const full = well.filter(({ rows }) => rows > 0).toSorted((a, b) => b.rows - a.rows);
  const empty = well.filter(({ rows, as_of }) => rows === 0 && as_of !== null);
  const never = well.filter(({ rows, as_of }) => rows === 0 && as_of === null);
  return [
    ...byFailure(failed).flatMap((alike) =>
      alike.length > SAME ? several("failed", alike) : alike.map(one),
    ),
    ...full.slice(0, FULLEST).map(one),
    ...several("more", full.slice(FULLEST)),
    ...several("empty", empty),
    ...several("never", never),
  ];
}

function byFailure(failed: readonly Scope[]): Scope[][] {
  const alike = new Map<FailureCode, Scope[]>();
  for (const scope of failed) {
    const code = scope.failure?.code ?? "other";
    alike.set(code, [...(alike.get(code) ?? []), scope]);
  }
  return [...alike.values()].sort((a, b) => b.length - a.length);
}

function one(scope: Scope): ScopeLine {
  return { type: "one", scope };
}

function several(type: "failed" | "more" | "empty" | "never", scopes: Scope[]): ScopeLine[] {
  return scopes.length > 0 ? [{ type, scopes }] : [];
}
