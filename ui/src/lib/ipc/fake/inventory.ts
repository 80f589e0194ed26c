// The stand-in's inventory: queries and the selection.
import type { InventoryWindow, Row, SelectionChange, SelectionSummary } from "$lib/ipc/types";
import type { Cloud } from "./cloud";
import type { Answers } from "./host";
import { type Filter, parse, sorted, tally } from "./query";

export const ACTIONS = ["start", "stop", "reboot", "suspend", "resume", "terminate"] as const;
type Own = "get_status" | "query_inventory" | "update_selection";

export function inventoryCommands(cloud: Cloud): Pick<Answers, Own> {
  const filterOf = (query: string): Filter => {
    const parsed = parse(query);
    return "filter" in parsed ? parsed.filter : () => false;
  };
  const states = (rows: Row[]) =>
    tally(rows, (row) => row.state).map(({ value, count }) => ({ state: value as Row["state"], count }));
  const summary = (query: string): SelectionSummary => {
    const shown = filterOf(query);
    const all = cloud.rows.filter(({ key }) => cloud.selected.has(key));
    const visible = all.filter(shown);
    return {
      count: all.length,
      hidden: all.length - visible.length,
      most: 1_000,
      actions: ACTIONS.map((action) => {
        const eligible = visible.filter((row) => cloud.accepts(action, row));
        const gentle = action === "start" || action === "resume";
        const asks = !gentle || eligible.length > 1 || eligible.some(({ prod }) => prod);
        return { action, eligible: eligible.length, total: visible.length, asks };
      }),
    };
  };
  const select = (change: SelectionChange): void => {
    const { selected } = cloud;
    if (change.type === "toggle") {
      if (!selected.delete(change.key)) selected.add(change.key);
      return;
    }
    if (change.type === "range") {
      const keys = sorted(cloud.rows.filter(filterOf(change.query)), change.sort).map(({ key }) => key);
      const ends = [keys.indexOf(change.from), keys.indexOf(change.to)].sort((a, b) => a - b);
      keys.slice(ends[0], (ends[1] ?? 0) + 1).forEach((key) => selected.add(key));
      return;
    }
    selected.clear();
    if (change.type === "set") change.keys.forEach((key) => selected.add(key));
    if (change.type === "all")
      cloud.rows.filter(filterOf(change.query)).forEach(({ key }) => selected.add(key));
  };
  return {
    get_status: () => ({
      version: "0.1.0",
      data_dir: "/home/operator/.local/share/nephoscope",
      ready: cloud.scenario.state !== "warming",
      accounts: cloud.accounts.length,
      demo: cloud.accounts.some(({ provider }) => provider === "demo"),
      changes: { ...cloud.changes },
      totals: {
        all: cloud.rows.length,
        stale: cloud.rows.filter(({ stale, missing_since }) => stale && missing_since === null).length,
        missing: cloud.rows.filter(({ missing_since }) => missing_since !== null).length,
        states: states(cloud.rows),
      },
      keyring: "ok",
      notes: [],
    }),
    query_inventory: ({ query, sort, offset, limit }): InventoryWindow => {
      const parsed = parse(query);
      const matching = "filter" in parsed ? cloud.rows.filter(parsed.filter) : [];
      return {
        generation: cloud.changes.inventory,
        ready: cloud.scenario.state !== "warming",
        total: matching.length,
        inventory_total: cloud.rows.length,
        offset,
        rows: sorted(matching, sort)
          .slice(offset, offset + limit)
          .map((row) => ({ ...row, selected: cloud.selected.has(row.key) })),
        facets: {
          states: tally(matching, (row) => row.state),
          providers: tally(matching, (row) => row.provider),
          accounts: tally(matching, (row) => row.account),
          regions: tally(matching, (row) => row.region),
        },
        totals: states(matching),
        stale: matching.filter(({ stale }) => stale).length,
        selection: summary(query),
        error: "error" in parsed ? parsed.error : null,
      };
    },
    update_selection: ({ change, query }) => {
      select(change);
      return summary(query);
    },
  };
}
