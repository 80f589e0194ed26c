// The targets of a plan in groups: what happens first, then what is left out, by reason.
import type { Plan, PlannedTarget, Verdict, Warning } from "$lib/ipc/types";
import { refusalReason, warningText } from "$lib/labels/plan";

export type TargetGroup = {
  /** Unique within the plan. */
  id: string;
  verdict: Verdict;
  /** The number of targets, also of those that the reply does not carry. */
  count: number;
  /** The reason that all its targets share; empty when they differ or have none. */
  reason: string;
  targets: PlannedTarget[];
};

export type SharedWarning = { code: Warning["code"]; count: number; text: string };

/** From so many on, a warning with one text stands once above the targets, not on each of them. */
const SHARED_FROM = 3;

/** Groups the targets that the plan carries: eligible, refused by reason, those that need nothing. */
export function targetGroups(plan: Plan): TargetGroup[] {
  const eligible = plan.targets.filter(({ verdict }) => verdict === "eligible");
  const groups: TargetGroup[] = [];
  if (plan.counts.eligible > 0) {
    groups.push({
      id: "eligible",
      verdict: "eligible",
      count: plan.counts.eligible,
      reason: "",
      targets: eligible,
    });
  }
  for (const { code, count } of plan.counts.refusals.toSorted((a, b) => b.count - a.count)) {
    const targets = plan.targets.filter(({ refusal }) => refusal?.code === code);
    groups.push({ id: code, verdict: "refused", count, reason: sharedReason(targets), targets });
  }
  for (const verdict of ["underway", "already"] as const) {
    const targets = plan.targets.filter((target) => target.verdict === verdict);
    const count = plan.counts[verdict];
    if (count > 0) groups.push({ id: verdict, verdict, count, reason: "", targets });
  }
  return groups;
}

/** The warnings that stand above the targets: of many targets, with the same text for each. */
export function sharedWarnings(plan: Plan): SharedWarning[] {
  return plan.counts.warnings.flatMap(({ code, count }) => {
    if (count < SHARED_FROM) return [];
    const all = plan.targets.flatMap(({ warnings }) => warnings.filter((warning) => warning.code === code));
    const texts = new Set(all.map(warningText));
    const [text] = texts;
    return texts.size === 1 && text !== undefined ? [{ code, count, text }] : [];
  });
}

function sharedReason(targets: readonly PlannedTarget[]): string {
  const reasons = new Set(targets.map(({ refusal }) => (refusal ? refusalReason(refusal) : "")));
  const [reason] = reasons;
  return reasons.size === 1 && reason !== undefined ? reason : "";
}
