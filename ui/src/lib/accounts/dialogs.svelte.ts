// The dialog about one account: its removal, its name and regions, or the lowering of a guard.
import type { Account } from "$lib/ipc/types";
import { type AccountChange, accounts } from "$lib/accounts/accounts.svelte";

/** A protection of an account: without actions, or with confirmation by typing. */
export type Guard = "read_only" | "prod";
export type AccountDialog =
  { type: "remove" | "edit"; account: Account } | { type: "lower"; account: Account; guard: Guard };

/** The changes that lower each guard, and that raise it. */
const CHANGES: Record<Guard, { lower: AccountChange; raise: AccountChange }> = {
  read_only: { lower: { access: "read_write" }, raise: { access: "read_only" } },
  prod: { lower: { prod: false }, raise: { prod: true } },
};

class AccountDialogs {
  current = $state.raw<AccountDialog | null>(null);

  remove(account: Account): void {
    this.current = { type: "remove", account };
  }

  edit(account: Account): void {
    this.current = { type: "edit", account };
  }

  /** Raises a guard at once; asks first before a guard is lowered. */
  guard(account: Account, guard: Guard, on: boolean): void {
    if (on) void accounts.update(account, CHANGES[guard].raise);
    else this.current = { type: "lower", account, guard };
  }

  close(): void {
    this.current = null;
  }

  /** Carries out what the dialog asked about. */
  async confirm(): Promise<void> {
    const { current } = this;
    this.current = null;
    if (current?.type === "remove") await accounts.remove(current.account);
    if (current?.type === "lower") await accounts.update(current.account, CHANGES[current.guard].lower);
  }
}

export const accountDialogs = new AccountDialogs();
