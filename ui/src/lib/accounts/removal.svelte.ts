// The account that the removal dialog asks about.
import type { Account } from "$lib/ipc/types";
import { accounts } from "$lib/accounts/accounts.svelte";

class Removal {
  account = $state.raw<Account | null>(null);

  ask(account: Account): void {
    this.account = account;
  }

  cancel(): void {
    this.account = null;
  }

  async confirm(): Promise<void> {
    const { account } = this;
    this.account = null;
    if (account) await accounts.remove(account);
  }
}

export const removal = new Removal();
