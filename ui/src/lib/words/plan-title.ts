// A plan in one line: the dialog's title, its summary, its button.
import type { Action, Plan } from "$lib/ipc/types";
import { count } from "$lib/i18n/number";
import { visible } from "$lib/text/visible";
import { actionName } from "$lib/words/action";
import * as m from "$messages";

/** "Stop web-1", "Stop 2 of 3 machines". */
export function planTitle(action: Action, plan: Plan | null): string {
  const verb = actionName(action);
  if (!plan) return verb;
  const [only] = plan.targets;
  if (plan.targets.length === 1 && only)
    return m.plan_title_one({ action: verb, name: visible(only.name || only.id) });
  const sent = sentBy(plan);
  const total = plan.targets.length;
  if (sent === total) return m.plan_title_all({ action: verb, count: count(total) });
  return m.plan_title_some({ action: verb, count: count(sent), total: count(total) });
}

/** What will be sent, what will not, in how many accounts. */
export function planSummary(plan: Plan): string {
  const already = plan.targets.filter(({ verdict }) => verdict === "already").length;
  const refused = plan.targets.filter(({ verdict }) => verdict === "refused").length;
  const sent = plan.targets.filter(({ verdict }) => verdict === "eligible");
  const accounts = new Set(sent.map(({ account_id }) => account_id)).size;
  const parts = [
    sent.length > 0 ? m.plan_will_send({ count: sent.length, accounts }) : m.plan_sends_nothing(),
    already > 0 ? m.plan_already({ count: already }) : "",
    refused > 0 ? m.plan_refused({ count: refused }) : "",
    sent.length > 0 ? CONSEQUENCE[plan.action]({ count: sent.length }) : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** "Stop 2". */
export function actButton(action: string, number: string): string {
  return number === "1" ? action : m.act_all({ action, count: number });
}

const CONSEQUENCE: Record<Action, (sent: { count: number }) => string> = {
  start: () => "",
  stop: m.consequence_stop,
  reboot: m.consequence_reboot,
  terminate: m.consequence_terminate,
};

function sentBy(plan: Plan): number {
  return plan.targets.filter(({ verdict }) => verdict === "eligible").length;
}
