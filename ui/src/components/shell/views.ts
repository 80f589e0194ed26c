// The saved views of the rail: queries with a name.
import { standing } from "$lib/status/standing.svelte";
import * as m from "$messages";

export type View = { id: string; query: string; title: () => string; count: () => number };

export const VIEWS: readonly View[] = [
  { id: "all", query: "", title: m.view_all, count: () => standing.status?.totals.all ?? 0 },
  { id: "running", query: "state:running", title: m.view_running, count: () => standing.count("running") },
  { id: "stopped", query: "state:stopped", title: m.view_stopped, count: () => standing.count("stopped") },
  {
    id: "moving",
    query: "state:pending,stopping,suspending,terminating,repairing",
    title: m.view_moving,
    count: () => standing.moving,
  },
  { id: "stale", query: "is:stale", title: m.view_stale, count: () => standing.status?.totals.stale ?? 0 },
];
