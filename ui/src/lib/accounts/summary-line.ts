// An account's summary in one line: its places and age, or its failure.
import type { Account } from "$lib/ipc/types";
import { health, oldest } from "$lib/accounts/freshness";
import { ago } from "$lib/time/age";
import { placesText, providerName } from "$lib/labels/clouds";
import { failureName } from "$lib/labels/failure";
import * as m from "$messages";

/** "AWS · 17 regions · 40 s ago", "AWS · me-south-1: permission denied", "AWS · not signed in". */
export function accountSummary(account: Account, now: number): string {
  return [providerName(account.provider), ...facts(account, now)].join(" · ");
}

function facts(account: Account, now: number): string[] {
  const { scopes, sign_in, progress } = account;
  if (progress) return [m.line_syncing({ done: progress.done, total: progress.total })];
  const failed = scopes.filter(({ failure }) => failure !== null);
  const [first] = failed;
  const overall = health(account);
  if (sign_in.type === "failed" && (overall === "failed" || scopes.length === 0)) {
    return [failureName(sign_in.failure.code)];
  }
  if (first?.failure) {
    const reason = failureName(first.failure.code);
    if (overall === "failed") return [reason, ...aged(account, now)];
    if (failed.length === 1) return [m.line_scope({ scope: first.location, reason })];
    const count = { count: failed.length, places: placesText(account.provider, scopes.length) };
    const one = failed.every(({ failure }) => failure?.code === first.failure?.code);
    return [one ? m.line_failed({ ...count, reason }) : m.line_failed_variously(count)];
  }
  if (overall === "unknown") return [m.line_never()];
  return [placesText(account.provider, scopes.length), ...aged(account, now)];
}

function aged({ scopes }: Account, now: number): string[] {
  const moment = oldest(scopes);
  return moment === null ? [] : [ago(moment, now)];
}
