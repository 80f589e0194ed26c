// The words and the shapes of states.
import type { State } from "$lib/ipc/types";
import * as m from "$messages";

const NAMES: Record<State, () => string> = {
  pending: m.state_pending,
  running: m.state_running,
  stopping: m.state_stopping,
  stopped: m.state_stopped,
  suspending: m.state_suspending,
  suspended: m.state_suspended,
  terminating: m.state_terminating,
  terminated: m.state_terminated,
  repairing: m.state_repairing,
  unknown: m.state_unknown,
};

/** The shape of a state: filled, hollow, barred, half, crossed or square. */
export type Glyph = "on" | "off" | "paused" | "moving" | "gone" | "unknown";
const GLYPHS: Record<State, Glyph> = {
  pending: "moving",
  running: "on",
  stopping: "moving",
  stopped: "off",
  suspending: "moving",
  suspended: "paused",
  terminating: "moving",
  terminated: "gone",
  repairing: "moving",
  unknown: "unknown",
};

/** The word shown for a state. */
export function stateName(state: State): string {
  return NAMES[state]();
}

/** The shape shown next to the word. */
export function stateGlyph(state: State): Glyph {
  return GLYPHS[state];
}

/** Returns true for a state that the cloud leaves without an action. */
export function isMoving(state: State): boolean {
  return GLYPHS[state] === "moving";
}
