// What actions are called: as a button, as a title, while they are under way.
import type { Action } from "$lib/ipc/types";
import * as m from "$messages";

export const ACTIONS: readonly Action[] = ["start", "stop", "reboot", "terminate"];

const VERBS: Record<Action, () => string> = {
  start: m.action_start,
  stop: m.action_stop,
  reboot: m.action_reboot,
  terminate: m.action_terminate,
};
const PENDING: Record<Action, () => string> = {
  start: m.pending_start,
  stop: m.pending_stop,
  reboot: m.pending_reboot,
  terminate: m.pending_terminate,
};
const INVERSE: Partial<Record<Action, Action>> = { start: "stop", stop: "start" };

/** "Stop". */
export function actionName(action: Action): string {
  return VERBS[action]();
}

/** "stop asked": what the row shows until the cloud shows the result. */
export function pendingName(action: Action): string {
  return PENDING[action]();
}

/** The action that takes it back, where there is one. */
export function inverse(action: Action): Action | null {
  return INVERSE[action] ?? null;
}
