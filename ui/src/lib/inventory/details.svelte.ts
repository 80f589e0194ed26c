// The drawer: one resource, its journal, its raw document.
import { call, ipcError, type IpcError } from "$lib/ipc";
import type { ResourceDetails } from "$lib/ipc/types";

export type Tab = "overview" | "activity" | "raw";

class Details {
  /** Which resource; `null` while the drawer is shut. */
  key = $state<string | null>(null);
  tab = $state<Tab>("overview");
  shown = $state.raw<ResourceDetails | null>(null);
  document = $state.raw<{ key: string; json: string } | null>(null);
  error = $state.raw<IpcError | null>(null);

  open(key: string): void {
    if (this.key === key) return;
    this.key = key;
    this.error = null;
    void this.refresh();
  }

  close(): void {
    this.key = null;
    this.shown = null;
    this.document = null;
  }

  choose(tab: Tab): void {
    this.tab = tab;
    void this.#loadDocument();
  }

  /** Asks again. What is on screen stays there meanwhile. */
  async refresh(): Promise<void> {
    const { key } = this;
    if (key === null) return;
    try {
      const shown = await call("get_resource", { key });
      if (this.key !== key) return;
      this.shown = shown;
      this.error = null;
    } catch (error) {
      if (this.key === key) this.error = ipcError(error);
    }
    await this.#loadDocument();
  }

  async #loadDocument(): Promise<void> {
    const { key, tab } = this;
    if (key === null || tab !== "raw") return;
    try {
      const { json } = await call("get_document", { key });
      if (this.key === key) this.document = { key, json };
    } catch (error) {
      if (this.key === key) this.error = ipcError(error);
    }
  }
}

export const details = new Details();
