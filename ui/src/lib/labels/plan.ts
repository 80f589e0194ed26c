// What plans say: verdicts, refusals, warnings.
import type { CommitRefusal, Refusal, Verdict, Warning } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import { ago } from "$lib/time/age";
import { failureText } from "$lib/labels/failure";
import { stateName } from "$lib/labels/state";
import * as m from "$messages";

/** Why a target is refused. */
export function refusalReason(refusal: Refusal): string {
  switch (refusal.code) {
    case "read_only":
      return m.refusal_read_only();
    case "unsupported":
      return m.refusal_unsupported();
    case "state":
      return m.refusal_state({ state: stateName(refusal.state) });
    case "protected":
      return m.refusal_protected();
    case "local_root":
      return m.refusal_local_root();
    case "not_permitted":
      return m.refusal_not_permitted();
    case "local_disks":
      return m.refusal_local_disks();
    case "hibernation_disabled":
      return m.refusal_hibernation_disabled();
    case "managed_by":
      return m.refusal_managed_by({ service: visible(refusal.owner) });
    case "not_found":
      return m.refusal_not_found();
    case "read_failed":
      return m.refusal_read_failed({
        reason: failureText({ code: refusal.failure, message: refusal.message }),
      });
  }
}

/** What the operator should know first. */
export function warningText(warning: Warning): string {
  switch (warning.code) {
    case "group_member":
      return m.warning_group_member({ group: visible(warning.group) });
    case "spot":
      return m.warning_spot();
    case "local_disks_lost":
      return m.warning_local_disks_lost();
    case "public_ip_lost":
      return m.warning_public_ip_lost({ ip: warning.ip });
    case "hard":
      return m.warning_hard();
    case "public_ip_not_checked":
      return m.warning_public_ip_not_checked();
    case "protection_not_checked":
      return m.warning_protection_not_checked();
    case "stale_row":
      return m.warning_stale_row({ age: ago(warning.as_of, Date.now()) });
  }
}

/** Why nothing was sent. */
export function commitRefusal(refusal: CommitRefusal): string {
  switch (refusal.code) {
    case "expired":
      return m.commit_expired();
    case "confirmation":
      return m.commit_confirmation();
    case "changed":
      return m.commit_changed({ count: refusal.count });
    case "nothing":
      return m.commit_nothing();
  }
}

const VERDICTS: Record<Verdict, () => string> = {
  eligible: m.verdict_eligible,
  already: m.verdict_already,
  underway: m.verdict_underway,
  refused: m.verdict_refused,
};

/** What becomes of a target, in a word. */
export function verdictName(verdict: Verdict): string {
  return VERDICTS[verdict]();
}
