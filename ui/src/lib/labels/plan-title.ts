// A plan in one line: the dialog's title, its summary, its button.
import type { Action, Plan, State } from "$lib/ipc/types";
import { count } from "$lib/i18n/format";
import { visible } from "$lib/text/visible";
import { actionName } from "$lib/labels/action";
import { stateName } from "$lib/labels/state";
import * as m from "$messages";

/** "Stop web-1", "Stop 2 of 3 machines". */
export function planTitle(action: Action, plan: Plan | null): string {
  const verb = actionName(action);
  if (!plan) return verb;
  const [only] = plan.targets;
  const { total, eligible: sent } = plan.counts;
  if (total === 1 && only) return m.plan_title_one({ action: verb, name: visible(only.name || only.id) });
  if (sent === total) return m.plan_title_all({ action: verb, count: count(total) });
  return m.plan_title_some({ action: verb, count: count(sent), total: count(total) });
}

/** What will be sent, what will not, in how many accounts. */
export function planSummary(plan: Plan): string {
  const { total, eligible: sent, already, underway, refused, accounts, prod } = plan.counts;
  const state = stateName(GOAL[plan.action]);
  const parts = [
    sent > 0
      ? m.plan_will_send({ action: plan.action, number: count(sent), total: count(total), accounts })
      : m.plan_sends_nothing(),
    prod > 0 ? m.plan_in_prod({ count: prod, total: sent }) : "",
    already > 0 ? m.plan_already({ count: already, state }) : "",
    underway > 0 ? m.plan_underway({ count: underway, state }) : "",
    refused > 0 ? m.plan_refused({ count: refused }) : "",
    sent > 0 ? CONSEQUENCE[plan.action]({ count: sent }) : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** "Stop 2". */
export function actButton(action: string, number: string): string {
  return number === "1" ? action : m.act_all({ action, count: number });
}

/** The state that each action leads to. */
const GOAL: Record<Action, State> = {
  start: "running",
  stop: "stopped",
  reboot: "running",
  suspend: "suspended",
  resume: "running",
  terminate: "terminated",
};

const CONSEQUENCE: Record<Action, (sent: { count: number }) => string> = {
  start: () => "",
  stop: m.consequence_stop,
  reboot: m.consequence_reboot,
  suspend: m.consequence_suspend,
  resume: () => "",
  terminate: m.consequence_terminate,
};
