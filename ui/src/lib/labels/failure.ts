// What failures are called, and what to do about them.
import type { IpcError } from "$lib/ipc";
import type { CommandCode, Failure, FailureCode } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import * as m from "$messages";

type Words = { name: () => string; advice: () => string };

const FAILURES: Record<FailureCode, Words> = {
  unauthenticated: { name: m.failure_unauthenticated, advice: m.advice_unauthenticated },
  permission_denied: { name: m.failure_permission_denied, advice: m.advice_permission_denied },
  not_enabled: { name: m.failure_not_enabled, advice: m.advice_not_enabled },
  wrong_account: { name: m.failure_wrong_account, advice: m.advice_wrong_account },
  not_found: { name: m.failure_not_found, advice: m.advice_not_found },
  invalid_state: { name: m.failure_invalid_state, advice: m.advice_invalid_state },
  conflict: { name: m.failure_conflict, advice: m.advice_conflict },
  throttled: { name: m.failure_throttled, advice: m.advice_throttled },
  capacity_unavailable: { name: m.failure_capacity_unavailable, advice: m.advice_capacity_unavailable },
  unsupported: { name: m.failure_unsupported, advice: m.advice_unsupported },
  read_only: { name: m.failure_read_only, advice: m.advice_read_only },
  unavailable: { name: m.failure_unavailable, advice: m.advice_unavailable },
  timed_out: { name: m.failure_timed_out, advice: m.advice_timed_out },
  malformed: { name: m.failure_malformed, advice: m.advice_malformed },
  keyring_unavailable: { name: m.failure_keyring_unavailable, advice: m.advice_keyring_unavailable },
  keyring_locked: { name: m.failure_keyring_locked, advice: m.advice_keyring_locked },
  secret_missing: { name: m.failure_secret_missing, advice: m.advice_secret_missing },
  credentials_missing: { name: m.failure_credentials_missing, advice: m.advice_credentials_missing },
  not_sent: { name: m.failure_not_sent, advice: m.advice_not_sent },
  other: { name: m.failure_other, advice: m.advice_other },
};

const COMMANDS: Record<Exclude<CommandCode, "failed">, Words> = {
  bad_request: { name: m.error_bad_request, advice: m.advice_bad_request },
  not_found: { name: m.failure_not_found, advice: m.advice_not_found },
  name_taken: { name: m.error_name_taken, advice: m.advice_name_taken },
  realm_taken: { name: m.error_realm_taken, advice: m.advice_realm_taken },
  endpoint_refused: { name: m.error_endpoint_refused, advice: m.advice_endpoint_refused },
  no_console: { name: m.error_no_console, advice: m.advice_no_console },
  bad_project: { name: m.error_bad_project, advice: m.advice_bad_project },
  bad_name: { name: m.error_bad_name, advice: m.advice_bad_name },
  too_many_targets: { name: m.error_too_many_targets, advice: m.advice_too_many_targets },
  not_applicable: { name: m.error_not_applicable, advice: m.advice_not_applicable },
  already_open: { name: m.error_already_open, advice: m.advice_already_open },
  cannot_open: { name: m.error_cannot_open, advice: m.advice_cannot_open },
  internal: { name: m.error_internal, advice: m.advice_internal },
};

/** "permission denied". A code of a newer core is *other*. */
export function failureName(code: FailureCode): string {
  return lookUp(FAILURES, code).name();
}

/** "permission denied: ec2:StopInstances: …": the class and the source's words, nothing twice. */
export function failureText({ code, message }: Failure): string {
  const reason = failureName(code);
  const words = visible(message).trim();
  if (words === "") return reason;
  return words.toLowerCase().includes(reason.toLowerCase()) ? words : m.failure_words({ reason, words });
}

/** What to do about it, in one sentence. */
export function failureAdvice(code: FailureCode): string {
  return lookUp(FAILURES, code).advice();
}

/** What went wrong with a command. */
export function errorName(error: IpcError): string {
  return errorWords(error).name();
}

/** What to do about it. */
export function errorAdvice(error: IpcError): string {
  return errorWords(error).advice();
}

/** An error at the field that it belongs to: its name and the advice. */
export function fieldProblem(error: IpcError | null): string {
  return error === null ? "" : m.field_problem({ problem: errorName(error), advice: errorAdvice(error) });
}

function errorWords(error: IpcError): Words {
  if (error.failure) return lookUp(FAILURES, error.failure);
  return error.code === "failed" ? FAILURES.other : lookUp(COMMANDS, error.code);
}

function lookUp<K extends string>(table: Record<K, Words>, code: K): Words {
  return Object.hasOwn(table, code) ? table[code] : FAILURES.other;
}
