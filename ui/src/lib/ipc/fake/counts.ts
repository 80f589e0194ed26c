// Plans and operations in numbers, as the core counts them.
import type { OperationCounts, OperationTarget, PlanCounts, PlannedTarget } from "$lib/ipc/types";

/** The most targets that a reply carries. */
export const SHOWN = 200;

/** All targets of a plan in numbers. */
export function planCounts(targets: readonly PlannedTarget[]): PlanCounts {
  const of = (verdict: PlannedTarget["verdict"]) => targets.filter((one) => one.verdict === verdict);
  const sent = of("eligible");
  return {
    total: targets.length,
    eligible: sent.length,
    already: of("already").length,
    underway: of("underway").length,
    refused: of("refused").length,
    prod: sent.filter(({ prod }) => prod).length,
    accounts: new Set(sent.map(({ account_id }) => account_id)).size,
    warnings: tallied(targets.flatMap(({ warnings }) => warnings.map(({ code }) => code))),
    refusals: tallied(targets.flatMap(({ refusal }) => (refusal ? [refusal.code] : []))),
  };
}

/** All targets of an operation in numbers. */
export function operationCounts(targets: readonly OperationTarget[]): OperationCounts {
  const ended = (status: OperationTarget["status"]) =>
    targets.filter((one) => !one.running && one.status === status).length;
  return {
    total: targets.length,
    running: targets.filter(({ running }) => running).length,
    sent: ended("sent"),
    done: ended("done"),
    already: ended("already"),
    refused: ended("refused"),
    failed: ended("failed"),
    not_sent: ended("not_sent"),
    unknown: ended("unknown"),
  };
}

function tallied<C extends string>(codes: readonly C[]): { code: C; count: number }[] {
  const found = new Map<C, number>();
  for (const code of codes) found.set(code, (found.get(code) ?? 0) + 1);
  return [...found].map(([code, count]) => ({ code, count }));
}
