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

function ending({ action, targets }: Operation): { tone: Tone; text: string } {
  const bad = targets.filter(({ status }) => status === "failed" || status === "refused");
  const unknown = targets.filter(({ status }) => status === "unknown");
  const [only] = targets;
  const verb = actionName(action);
  if (bad.length > 0)
    return { tone: "bad", text: m.ended_failed({ action: verb, count: bad.length, total: targets.length }) };
  if (unknown.length > 0) {
    return {
      tone: "bad",
      text: m.ended_unknown({ action: verb, count: unknown.length, total: targets.length }),
    };
  }
  if (targets.length === 1 && only?.observed_state) {
    return { tone: "good", text: m.ended_one({ name: nameOf(only), state: stateName(only.observed_state) }) };
  }
  return { tone: "good", text: m.ended_all({ action: verb, count: targets.length }) };
}

function nameOf({ name, id }: OperationTarget): string {
  return visible(name || id);
}
