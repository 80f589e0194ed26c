// How Nephoscope stands as a whole: its version, the totals, whether the demo cloud is in.
import { blocks, call, ipcError, type IpcError } from "$lib/ipc";
import type { State, Status } from "$lib/ipc/types";
import { isMoving } from "$lib/words/state";

class Standing {
  status = $state.raw<Status | null>(null);
  /** Why no command is answered at all: another window is open, or the data cannot be used. */
  blocked = $state.raw<IpcError | null>(null);

  readonly moving = $derived(
    (this.status?.totals.states ?? []).reduce(
      (sum, { state, count }) => sum + (isMoving(state) ? count : 0),
      0,
    ),
  );

  async load(): Promise<void> {
    try {
      this.status = await call("get_status", {});
      this.blocked = null;
    } catch (thrown) {
      const error = ipcError(thrown);
      if (blocks(error)) this.blocked = error;
    }
  }

  /** How many rows are in the state. */
  count(state: State): number {
    return this.status?.totals.states.find((total) => total.state === state)?.count ?? 0;
  }
}

export const standing = new Standing();
