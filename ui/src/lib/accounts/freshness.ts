// The freshness of accounts: failed scopes, their reasons, and the age of their rows.
import { isDemo } from "$lib/accounts/demo";
import type { Account, FailureCode, Scope } from "$lib/ipc/types";

export type FailedGroup = {
  account: Account;
  code: FailureCode;
  /** The provider's words, of the first of them. */
  message: string;
  scopes: Scope[];
  /** All scopes of the account failed so. */
  whole: boolean;
  /** As of when the oldest of them is; `null` when one was never listed. */
  oldest: string | null;
};

/** Failed scopes, grouped by account and reason; the most scopes first. */
export function failedGroups(accounts: readonly Account[]): FailedGroup[] {
  const groups: FailedGroup[] = [];
  for (const account of accounts) {
    const byCode = new Map<FailureCode, Scope[]>();
    for (const scope of account.scopes) {
      if (!scope.failure) continue;
      byCode.set(scope.failure.code, [...(byCode.get(scope.failure.code) ?? []), scope]);
    }
    for (const [code, scopes] of byCode) {
      groups.push({
        account,
        code,
        message: scopes[0]?.failure?.message ?? "",
        scopes,
        whole: scopes.length === account.scopes.length,
        oldest: oldest(scopes),
      });
    }
    if (account.scopes.length === 0 && account.sign_in.type === "failed") {
      const { code, message } = account.sign_in.failure;
      groups.push({ account, code, message, scopes: [], whole: true, oldest: null });
    }
  }
  return groups.sort((a, b) => b.scopes.length - a.scopes.length);
}

/** As of when the oldest scope is; `null` when there is none, or one was never listed. */
export function oldest(scopes: readonly Scope[]): string | null {
  let found: string | null = null;
  for (const { as_of } of scopes) {
    if (as_of === null) return null;
    if (found === null || Date.parse(as_of) < Date.parse(found)) found = as_of;
  }
  return found;
}

export type Health = "ok" | "partial" | "failed" | "unknown";

/** The health of an account, for its mark. */
export function health(account: Account): Health {
  const failed = account.scopes.filter(({ failure }) => failure !== null).length;
  if (account.sign_in.type === "failed" && failed === account.scopes.length) return "failed";
  if (failed > 0) return failed === account.scopes.length ? "failed" : "partial";
  return account.scopes.some(({ as_of }) => as_of !== null) ? "ok" : "unknown";
}

/** Failures that stay until the operator mends their cause. */
const STANDING: readonly FailureCode[] = [
  "not_enabled",
  "permission_denied",
  "unauthenticated",
  "wrong_account",
  "credentials_missing",
  "secret_missing",
  "keyring_locked",
  "keyring_unavailable",
];

/** The one failure that all of an account's scopes share and that stays: said once, not per scope. */
export function problem(account: Account): FailedGroup | null {
  if (account.sign_in.type === "failed" || account.scopes.length < 2) return null;
  return failedGroups([account]).find(({ code, whole }) => whole && STANDING.includes(code)) ?? null;
}

const UNREACHABLE: readonly FailureCode[] = ["unavailable", "timed_out"];

/** No cloud answered the last time: every scope there is could not be reached. */
export function isOffline(accounts: readonly Account[]): boolean {
  const scopes = accounts.filter((account) => !isDemo(account)).flatMap((account) => account.scopes);
  return (
    scopes.length > 0 && scopes.every(({ failure }) => failure !== null && UNREACHABLE.includes(failure.code))
  );
}
