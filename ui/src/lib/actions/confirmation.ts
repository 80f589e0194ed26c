// The confirmation that a plan needs: none, a dialog, or a typed text.
import type { Plan } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";

/**
 * Whether a plan is shown before it is sent: always, unless the core asks for no confirmation,
 * every target would be sent, and there is nothing to know first.
 */
export function needsDialog(plan: Plan): boolean {
  return (
    plan.confirmation.type !== "none" ||
    plan.counts.total === 0 ||
    plan.counts.eligible < plan.counts.total ||
    plan.counts.warnings.length > 0
  );
}

/** Whole seconds until the plan stops working; never below zero. */
export function secondsLeft(plan: Plan, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(plan.expires_at) - now) / 1000));
}

/**
 * Of the texts that confirm a plan, those that can be typed as they are read: a hidden character or
 * a space that is not shown cannot. An id always can; should nothing be left, all are named.
 */
export function typable(accepted: readonly string[]): readonly string[] {
  const plain = accepted.filter(
    (text) => visible(text) === text && text.trim() === text && !/\s\s/u.test(text),
  );
  return plain.length > 0 ? plain : accepted;
}
