// The history: running operations, and the journal page by page.
import { call, ipcError, type IpcError } from "$lib/ipc";
import type { JournalEntry, Operation, Verification } from "$lib/ipc/types";
import { followUps } from "$lib/actions/planning.svelte";
import { completionToasts } from "$lib/activity/completion-toasts";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

/** Few, because the targets of all of them share one reply. */
const OPERATIONS = 40;
const ENTRIES = 100;

class Activity {
  operations = $state.raw<Operation[]>([]);
  entries = $state.raw<JournalEntry[]>([]);
  /** There may be older entries. */
  more = $state(false);
  verification = $state.raw<Verification | null>(null);
  error = $state.raw<IpcError | null>(null);
  loaded = $state(false);

  readonly running = $derived(this.operations.filter(({ finished_at }) => finished_at === null));

  async load(): Promise<void> {
    try {
      const [{ operations }, { entries }] = await Promise.all([
        call("list_operations", { limit: OPERATIONS }),
        call("list_journal", { limit: ENTRIES, before: null }),
      ]);
      if (this.loaded) this.#announce(operations);
      this.operations = operations;
      this.entries = entries;
      this.more = entries.length === ENTRIES;
      this.error = null;
      this.loaded = true;
    } catch (error) {
      this.error = ipcError(error);
    }
  }

  async older(): Promise<void> {
    const before = this.entries.at(-1)?.seq ?? null;
    try {
      const { entries } = await call("list_journal", { limit: ENTRIES, before });
      this.entries = [...this.entries, ...entries];
      this.more = entries.length === ENTRIES;
    } catch (error) {
      toasts.fail(m.failed_journal(), error);
    }
  }

  async verify(): Promise<void> {
    try {
      this.verification = await call("verify_journal", {});
    } catch (error) {
      toasts.fail(m.failed_verify_journal(), error);
    }
  }

  #announce(operations: Operation[]): void {
    const before = new Set(this.running.map(({ id }) => id));
    for (const operation of operations.filter(({ id }) => before.has(id))) {
      const [toast] = completionToasts([operation]);
      if (!toast) continue;
      // What was refused everywhere changed nothing that could be taken back.
      const buttons = followUps(operation.action, operation.id);
      const undone =
        operation.counts.sent + operation.counts.done > 0
          ? buttons
          : buttons.filter(({ id }) => id !== "undo");
      toasts.say(toast.tone, toast.text, toast.detail, undone);
    }
  }
}

export const activity = new Activity();
