// One toast for each operation that has finished: its outcome, and its first failure.
import type { Operation, OperationTarget } from "$lib/ipc/types";
import type { Tone } from "$lib/shell/toasts.svelte";
import { visible } from "$lib/text/visible";
import { actionName } from "$lib/labels/action";
import { failureText } from "$lib/labels/failure";
import { stateName } from "$lib/labels/state";
import * as m from "$messages";

export type CompletionToast = { tone: Tone; text: string; detail: string };

/** Returns the toasts of the operations that have finished. */
export function completionToasts(operations: readonly Operation[]): CompletionToast[] {
  return operations.filter(({ finished_at }) => finished_at !== null).map(completionToast);
}

function completionToast({ action, counts, targets }: Operation): CompletionToast {
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

/** The first failed target and its reason; Activity lists the others. */
function reason(targets: readonly OperationTarget[]): string {
  const first = targets.find(({ failure }) => failure !== null);
  return first?.failure ? m.failure_words({ reason: nameOf(first), words: failureText(first.failure) }) : "";
}

function nameOf({ name, id }: OperationTarget): string {
  return visible(name || id);
}
