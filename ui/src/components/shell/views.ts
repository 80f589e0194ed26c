// The saved views of the rail: queries with a name.
import { appStatus } from "$lib/status/status.svelte";
import * as m from "$messages";

export type View = { id: string; query: string; title: () => string; count: () => number };

export const VIEWS: readonly View[] = [
  { id: "all", query: "", title: m.view_all, count: () => appStatus.current?.totals.all ?? 0 },
  { id: "running", query: "state:running", title: m.view_running, count: () => appStatus.count("running") },
  { id: "stopped", query: "state:stopped", title: m.view_stopped, count: () => appStatus.count("stopped") },
  {
    id: "moving",
    query: "state:pending,stopping,suspending,terminating,repairing",
    title: m.view_moving,
    count: () => appStatus.moving,
  },
  { id: "stale", query: "is:stale", title: m.view_stale, count: () => appStatus.current?.totals.stale ?? 0 },
];
