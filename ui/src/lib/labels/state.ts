// What states and health are called, and how they are drawn.
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

/** How a state is drawn: filled, hollow, barred, half, crossed or square. */
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

/** The shape shown beside the word. */
export function stateGlyph(state: State): Glyph {
  return GLYPHS[state];
}

/** Whether the cloud will leave the state by itself. */
export function isMoving(state: State): boolean {
  return GLYPHS[state] === "moving";
}
