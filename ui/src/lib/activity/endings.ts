// How operations that were running have ended, in one sentence each.
import type { Operation, OperationTarget } from "$lib/ipc/types";
import type { Tone } from "$lib/shell/toasts.svelte";
import { visible } from "$lib/text/visible";
import { actionName } from "$lib/words/action";
import { stateName } from "$lib/words/state";
import * as m from "$messages";

/** The sentences for those that have ended. */
export function endings(operations: readonly Operation[]): { tone: Tone; text: string }[] {
  return operations.filter(({ finished_at }) => finished_at !== null).map(ending);
}

function ending({ action, counts, targets }: Operation): { tone: Tone; text: string } {
  const { total, unknown } = counts;
  const bad = counts.failed + counts.refused;
  const [only] = targets;
  const verb = actionName(action);
  if (bad > 0) return { tone: "bad", text: m.ended_failed({ action: verb, count: bad, total }) };
  if (unknown > 0) return { tone: "bad", text: m.ended_unknown({ action: verb, count: unknown, total }) };
  if (total === 1 && only?.observed_state) {
    return { tone: "good", text: m.ended_one({ name: nameOf(only), state: stateName(only.observed_state) }) };
  }
  return { tone: "good", text: m.ended_all({ action: verb, count: total }) };
}

function nameOf({ name, id }: OperationTarget): string {
  return visible(name || id);
}
