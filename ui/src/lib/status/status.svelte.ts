// The application's status: its version, the totals, the keyring, and a failed start.
import { blocks, call, ipcError, type IpcError } from "$lib/ipc";
import type { State, Status } from "$lib/ipc/types";
import { isMoving } from "$lib/labels/state";

class AppStatus {
  current = $state.raw<Status | null>(null);
  /** The reason why every command fails: another window is open, or the data cannot be used. */
  blocked = $state.raw<IpcError | null>(null);

  readonly moving = $derived(
    (this.current?.totals.states ?? []).reduce(
      (sum, { state, count }) => sum + (isMoving(state) ? count : 0),
      0,
    ),
  );

  async load(): Promise<void> {
    try {
      this.current = await call("get_status", {});
      this.blocked = null;
    } catch (thrown) {
      const error = ipcError(thrown);
      if (blocks(error)) this.blocked = error;
    }
  }

  /** The number of rows in the state. */
  count(state: State): number {
    return this.current?.totals.states.find((total) => total.state === state)?.count ?? 0;
  }
}

export const appStatus = new AppStatus();
