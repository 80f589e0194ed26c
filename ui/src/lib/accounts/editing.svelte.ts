// The form that changes an account's name and regions.
import { type IpcError, ipcError } from "$lib/ipc";
import type { Account } from "$lib/ipc/types";
import { type AccountChange, accounts } from "$lib/accounts/accounts.svelte";
import { errorField, words } from "$lib/accounts/form";

export class Editing {
  busy = $state(false);
  error = $state.raw<IpcError | null>(null);
  name = $state("");
  /** The regions as they are written in the form. */
  regions = $state("");
  readonly account: Account;
  readonly errorField = $derived(errorField(this.error?.code));

  constructor(account: Account) {
    this.account = account;
    this.name = account.name;
    this.regions = account.regions.join(", ");
  }

  /** Forgets the error of a field whose text has changed. */
  edited(field: string): void {
    if (field === this.errorField) this.error = null;
  }

  /** Sends what differs; returns true when the account is as the form says. */
  async submit(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      const change = this.#change();
      if (Object.keys(change).length > 0) await accounts.change(this.account, change);
      return true;
    } catch (thrown) {
      this.error = ipcError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #change(): AccountChange {
    const change: AccountChange = {};
    const [name, regions] = [this.name.trim(), words(this.regions)];
    if (name !== this.account.name) change.name = name;
    if (regions.join() !== this.account.regions.join()) change.regions = regions;
    return change;
  }
}
