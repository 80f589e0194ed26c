// The hosts that requests may go to, by account, as Rust lists them.
import { call, ipcError, type IpcError } from "$lib/ipc";
import type { AccountHosts } from "$lib/ipc/types";

class Network {
  /** The accounts that need a network; the demo cloud's are left out. */
  accounts = $state.raw<AccountHosts[]>([]);
  loaded = $state(false);
  error = $state.raw<IpcError | null>(null);

  async load(): Promise<void> {
    try {
      const { accounts } = await call("list_hosts", {});
      this.accounts = accounts.filter(({ hosts, failure }) => hosts.length > 0 || failure !== null);
      this.error = null;
      this.loaded = true;
    } catch (thrown) {
      this.error = ipcError(thrown);
    }
  }
}

export const network = new Network();
