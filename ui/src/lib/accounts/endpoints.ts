// Which endpoints Nephoscope speaks to, by account.
import type { Account } from "$lib/ipc/types";
import { endpointsFor } from "$lib/labels/clouds";

export type Endpoint = { endpoint: string; names: string[] };

/** Each endpoint once, with the names of its accounts; the demo has none. */
export function endpointsOf(accounts: readonly Account[]): Endpoint[] {
  const found = new Map<string, string[]>();
  for (const account of accounts) {
    for (const endpoint of new Set(endpointsFor(account))) {
      found.set(endpoint, [...(found.get(endpoint) ?? []), account.name]);
    }
  }
  return [...found].map(([endpoint, names]) => ({ endpoint, names }));
}
