// The accounts and how they stand.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { call, type Request } from "$lib/ipc";
import type { Account, Action, AddedProjects, FoundAccount, UpdateAccountRequest } from "$lib/ipc/types";
import { failedGroups, isOffline } from "$lib/accounts/freshness";
import { toasts } from "$lib/shell/toasts.svelte";
import { visible } from "$lib/text/visible";
import { deniedText } from "$lib/labels/account";
import * as m from "$messages";

const UNCHANGED = { name: null, access: null, prod: null, regions: null, credentials: null };

/** The members of an account that change. */
export type AccountChange = Partial<Omit<UpdateAccountRequest, "account">>;

class Accounts {
  list = $state.raw<Account[]>([]);
  loaded = $state(false);
  /** The time at which a sync was first seen under way, in milliseconds since 1970. */
  syncingSince = $state<number | null>(null);
  found = $state.raw<FoundAccount[]>([]);
  /** Ids of accounts that something is being done with. */
  readonly busy = new SvelteSet<string>();

  /** The actions that the cloud denies, from the last verify of an account, by its id. */
  readonly denied = new SvelteMap<string, readonly Action[]>();

  readonly failed = $derived(failedGroups(this.list));
  readonly offline = $derived(isOffline(this.list));
  /** Scopes done and to do of all syncs under way; `null` when there is none. */
  readonly progress = $derived.by(() => {
    const running = this.list.flatMap(({ progress }) => (progress ? [progress] : []));
    if (running.length === 0) return null;
    return running.reduce((a, b) => ({
      done: a.done + b.done,
      total: a.total + b.total,
      rows: a.rows + b.rows,
    }));
  });

  async load(): Promise<void> {
    try {
      this.list = (await call("list_accounts", {})).accounts;
      this.syncingSince = this.progress === null ? null : (this.syncingSince ?? Date.now());
      this.loaded = true;
    } catch (error) {
      toasts.fail(m.failed_accounts(), error);
    }
  }

  /** Looks for credentials on this machine. Nothing is added by looking. */
  async look(): Promise<void> {
    try {
      this.found = (await call("find_accounts", {})).found;
    } catch (error) {
      toasts.fail(m.failed_find(), error);
    }
  }

  /** Adds an account; throws the error, for the form to show. */
  async add(request: Request<"add_account">): Promise<void> {
    const account = await call("add_account", request);
    toasts.say("good", m.account_added({ name: visible(account.name) }));
    await this.load();
    void this.sync([account.id]);
  }

  /** Adds several projects of one sign-in; says which of them were, and why the others were not. */
  async addProjects(request: Request<"add_projects">): Promise<AddedProjects> {
    const reply = await call("add_projects", request);
    const ids = reply.added.map(({ id }) => id);
    if (ids.length > 0) toasts.say("good", m.projects_added({ count: ids.length }));
    await this.load();
    if (ids.length > 0) void this.sync(ids);
    return reply;
  }

  async sync(ids: string[]): Promise<void> {
    const all = ids.length > 0 ? ids : this.list.map(({ id }) => id);
    await this.#hold(all, m.failed_sync(), async () => {
      await call("sync_now", { accounts: ids });
    });
  }

  async verify(account: Account): Promise<void> {
    await this.#hold([account.id], m.failed_verify({ name: visible(account.name) }), async () => {
      this.denied.delete(account.id);
      const { principal, denied } = await call("verify_account", { account: account.id });
      this.denied.set(account.id, denied);
      const detail = [visible(principal), denied.length > 0 ? deniedText(denied) : ""];
      toasts.say(
        "good",
        m.account_verified({ name: visible(account.name) }),
        detail.filter(Boolean).join("\n"),
      );
    });
  }

  async update(account: Account, change: AccountChange): Promise<void> {
    await this.#hold([account.id], m.failed_update({ name: visible(account.name) }), async () => {
      await call("update_account", { ...UNCHANGED, ...change, account: account.id });
    });
  }

  /** Changes an account; throws the error, for the form to show. New regions are read at once. */
  async change(account: Account, change: AccountChange): Promise<void> {
    await call("update_account", { ...UNCHANGED, ...change, account: account.id });
    await this.load();
    if (change.regions) void this.sync([account.id]);
  }

  async remove(account: Account): Promise<void> {
    await this.#hold([account.id], m.failed_remove({ name: visible(account.name) }), async () => {
      const { secret_left } = await call("remove_account", { account: account.id });
      if (secret_left)
        toasts.say("bad", m.secret_left({ name: visible(account.name) }), visible(secret_left.message));
    });
  }

  async addDemo(): Promise<void> {
    await this.#hold(["demo"], m.failed_demo(), async () => {
      await call("add_demo", {});
    });
  }

  async removeDemo(): Promise<void> {
    await this.#hold(["demo"], m.failed_demo(), async () => {
      await call("remove_demo", {});
    });
  }

  async #hold(ids: string[], what: string, work: () => Promise<void>): Promise<void> {
    ids.forEach((id) => this.busy.add(id));
    try {
      await work();
    } catch (error) {
      toasts.fail(what, error);
    } finally {
      ids.forEach((id) => this.busy.delete(id));
    }
    await this.load();
  }
}

export const accounts = new Accounts();
