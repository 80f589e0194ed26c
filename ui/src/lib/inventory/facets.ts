// The values that narrow the list. A column that the query narrows already keeps its other values.
import { withoutKey } from "$lib/inventory/term";
import { call } from "$lib/ipc";
import type { Facets, InventoryWindow, Sort } from "$lib/ipc/types";

/** The columns of the facets, by their keys in a query. */
const COLUMNS = {
  state: "states",
  provider: "providers",
  account: "accounts",
  region: "regions",
} as const satisfies Record<string, keyof Facets>;

/** Returns the facets of a reply, each column counted without the query's own terms for it. */
export async function siblingFacets(query: string, sort: Sort, reply: InventoryWindow): Promise<Facets> {
  const facets = { ...reply.facets };
  const asked = Object.entries(COLUMNS).map(async ([key, column]) => {
    const wider = withoutKey(query, key);
    if (wider === query) return;
    const found = await call("query_inventory", { query: wider, sort: { ...sort }, offset: 0, limit: 1 });
    if (!found.error) facets[column] = found.facets[column];
  });
  await Promise.all(asked);
  return facets;
}
