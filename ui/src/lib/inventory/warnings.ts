// The drawer's warnings: the effects of actions on this instance, and the reasons for old facts.
import type { ResourceDetails } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import { exact } from "$lib/time/age";
import { failureAdvice, failureText } from "$lib/labels/failure";
import * as m from "$messages";

export type OverviewWarning = { text: string; bad: boolean };

export function overviewWarnings({ row, facts }: ResourceDetails): OverviewWarning[] {
  const warnings: OverviewWarning[] = [];
  const warn = (text: string, bad = false) => warnings.push({ text, bad });
  if (row.missing_since !== null) warn(m.missing_since({ moment: exact(row.missing_since) }), true);
  if (row.error) {
    warn(`${m.scope_failed({ reason: failureText(row.error) })}. ${failureAdvice(row.error.code)}`);
  }
  if (facts.group !== null) warn(m.overview_group({ group: visible(facts.group) }));
  if (facts.managed_by !== null) warn(m.refusal_managed_by({ service: visible(facts.managed_by) }));
  if (facts.lifecycle === "spot") warn(m.warning_spot());
  if (facts.root_is_local) warn(m.overview_local_root());
  if (facts.ephemeral_public_ip !== null) warn(m.overview_public_ip({ ip: facts.ephemeral_public_ip }));
  return warnings;
}
