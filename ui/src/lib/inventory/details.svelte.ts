// The drawer: one resource, its journal, its raw document.
import { accounts } from "$lib/accounts/accounts.svelte";
import { call, ipcError, type IpcError } from "$lib/ipc";
import type { Document, ResourceDetails } from "$lib/ipc/types";

export type Tab = "overview" | "activity" | "raw";

class Details {
  /** Which resource; `null` while the drawer is shut. */
  key = $state<string | null>(null);
  tab = $state<Tab>("overview");
  shown = $state.raw<ResourceDetails | null>(null);
  document = $state.raw<(Document & { key: string }) | null>(null);
  error = $state.raw<IpcError | null>(null);
  /** The whole document is being read from the cloud. */
  fetching = $state(false);
  /** Why it could not be, the last time. */
  unread = $state.raw<IpcError | null>(null);

  /** Whose whole document was asked for since its tab was opened: once is enough. */
  #fetched: string | null = null;

  open(key: string): void {
    if (this.key === key) return;
    this.key = key;
    this.error = null;
    this.#reopen();
    void this.refresh();
  }

  close(): void {
    this.key = null;
    this.shown = null;
    this.document = null;
    this.#reopen();
  }

  choose(tab: Tab): void {
    if (tab !== this.tab) this.#reopen();
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

  /** Reads the whole document from the cloud; what is shown stays until it is there. */
  async fetchDocument(): Promise<void> {
    const { key } = this;
    if (key === null || this.fetching) return;
    this.#fetched = key;
    this.fetching = true;
    this.unread = null;
    try {
      const document = await call("fetch_document", { key });
      if (this.#fetched === key) this.document = { ...document, key };
    } catch (error) {
      if (this.#fetched === key) this.unread = ipcError(error);
    } finally {
      if (this.#fetched === key) this.fetching = false;
    }
  }

  async #loadDocument(): Promise<void> {
    const { key, tab } = this;
    if (key === null || tab !== "raw") return;
    try {
      const document = await call("get_document", { key });
      if (this.key !== key) return;
      // A part that was listed meanwhile is no reason to take the whole one away.
      const known = this.document?.key === key && this.document.whole;
      if (document.whole || !known) this.document = { ...document, key };
    } catch (error) {
      if (this.key === key) this.error = ipcError(error);
      return;
    }
    const part = this.document?.key === key && !this.document.whole;
    if (part && this.tab === "raw" && this.#fetched !== key && !accounts.offline) await this.fetchDocument();
  }

  /** The tab is opened anew: what was read for another opening does not count. */
  #reopen(): void {
    this.#fetched = null;
    this.fetching = false;
    this.unread = null;
  }
}

export const details = new Details();
