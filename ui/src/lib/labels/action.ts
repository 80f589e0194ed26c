// What actions are called: as a button, as a title, while they are under way.
import type { Action } from "$lib/ipc/types";
import * as m from "$messages";

export const ACTIONS: readonly Action[] = ["start", "stop", "reboot", "suspend", "resume", "terminate"];

const VERBS: Record<Action, () => string> = {
  start: m.action_start,
  stop: m.action_stop,
  reboot: m.action_reboot,
  suspend: m.action_suspend,
  resume: m.action_resume,
  terminate: m.action_terminate,
};
const PENDING: Record<Action, () => string> = {
  start: m.pending_start,
  stop: m.pending_stop,
  reboot: m.pending_reboot,
  suspend: m.pending_suspend,
  resume: m.pending_resume,
  terminate: m.pending_terminate,
};
const INVERSE: Partial<Record<Action, Action>> = {
  start: "stop",
  stop: "start",
  suspend: "resume",
  resume: "suspend",
};
/** What only brings a machine up: for one of them nothing is asked. */
const GENTLE: readonly Action[] = ["start", "resume"];

/** "Stop". */
export function actionName(action: Action): string {
  return VERBS[action]();
}

/** "stop asked": what the row shows until the cloud shows the result. */
export function pendingName(action: Action): string {
  return PENDING[action]();
}

/** Whether it is confirmed for one instance; its button then ends in "…". */
export function asks(action: Action, prod: boolean): boolean {
  return prod || !GENTLE.includes(action);
}

/** The action that takes it back, where there is one. */
export function inverse(action: Action): Action | null {
  return INVERSE[action] ?? null;
}
