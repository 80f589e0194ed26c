// The drawer: one resource, its journal, its raw document.
import { accounts } from "$lib/accounts/accounts.svelte";
import { call, ipcError, type IpcError } from "$lib/ipc";
import type { Document, ResourceDetails } from "$lib/ipc/types";

export type Tab = "overview" | "activity" | "raw";

class Details {
  /** The resource's key; `null` while the drawer is shut. */
  key = $state<string | null>(null);
  /** The drawer's width in pixels, until the window is closed. */
  width = $state(372);
  tab = $state<Tab>("overview");
  shown = $state.raw<ResourceDetails | null>(null);
  document = $state.raw<(Document & { key: string }) | null>(null);
  error = $state.raw<IpcError | null>(null);
  /** The full document is being read from the cloud. */
  fetching = $state(false);
  /** The failure of the last attempt to read it. */
  unread = $state.raw<IpcError | null>(null);

  /** The resource whose full document was requested since its tab was opened: once is enough. */
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

  /** Reads the resource again. The old details stay on screen until the reply. */
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

  /** Reads the full document from the cloud; the old one stays on screen until the reply. */
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
      // A newer part from a listing does not replace the full document.
      const known = this.document?.key === key && this.document.whole;
      if (document.whole || !known) this.document = { ...document, key };
    } catch (error) {
      if (this.key === key) this.error = ipcError(error);
      return;
    }
    const part = this.document?.key === key && !this.document.whole;
    if (part && this.tab === "raw" && this.#fetched !== key && !accounts.offline) await this.fetchDocument();
  }

  /** Forgets the reads of an earlier opening of the tab. */
  #reopen(): void {
    this.#fetched = null;
    this.fetching = false;
    this.unread = null;
  }
}

export const details = new Details();
