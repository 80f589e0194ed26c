// How operations that were running have ended: one sentence each, and what went wrong first.
import type { Operation, OperationTarget } from "$lib/ipc/types";
import type { Tone } from "$lib/shell/toasts.svelte";
import { visible } from "$lib/text/visible";
import { actionName } from "$lib/words/action";
import { failureText } from "$lib/words/failure";
import { stateName } from "$lib/words/state";
import * as m from "$messages";

export type Ending = { tone: Tone; text: string; detail: string };

/** The sentences for those that have ended. */
export function endings(operations: readonly Operation[]): Ending[] {
  return operations.filter(({ finished_at }) => finished_at !== null).map(ending);
}

function ending({ action, counts, targets }: Operation): Ending {
  const { total, unknown } = counts;
  const bad = counts.failed + counts.refused + counts.not_sent;
  const [only] = targets;
  const verb = actionName(action);
  const detail = reason(targets);
  if (bad > 0) return { tone: "bad", text: m.ended_failed({ action: verb, count: bad, total }), detail };
  if (unknown > 0)
    return { tone: "bad", text: m.ended_unknown({ action: verb, count: unknown, total }), detail };
  if (total === 1 && only?.observed_state) {
    const text = m.ended_one({ name: nameOf(only), state: stateName(only.observed_state) });
    return { tone: "good", text, detail: "" };
  }
  return { tone: "good", text: m.ended_all({ action: verb, count: total }), detail: "" };
}

/** To what it happened first, and why; the others are in Activity. */
function reason(targets: readonly OperationTarget[]): string {
  const first = targets.find(({ failure }) => failure !== null);
  return first?.failure ? m.failure_words({ reason: nameOf(first), words: failureText(first.failure) }) : "";
}

function nameOf({ name, id }: OperationTarget): string {
  return visible(name || id);
}
