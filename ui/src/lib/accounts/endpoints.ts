// Which endpoints Nephoscope speaks to, by account.
import { isDemo } from "$lib/accounts/demo";
import type { Account } from "$lib/ipc/types";

export type Endpoint = { endpoint: string; names: string[] };

/** The custom endpoints, then the cloud's own for the accounts without one; the demo has none. */
export function endpointsOf(accounts: readonly Account[]): Endpoint[] {
  const found = new Map<string, string[]>();
  for (const account of accounts) {
    if (isDemo(account)) continue;
    for (const endpoint of account.endpoint === null ? regional(account) : [account.endpoint]) {
      found.set(endpoint, [...(found.get(endpoint) ?? []), account.name]);
    }
  }
  return [...found].map(([endpoint, names]) => ({ endpoint, names }));
}

function regional({ scopes, regions }: Account): string[] {
  const places = scopes.length > 0 ? scopes.map(({ location }) => location) : regions;
  return [
    ...new Set(places.flatMap((region) => [`https://ec2.${region}.amazonaws.com`])),
    "https://sts.<region>.amazonaws.com",
  ];
}
