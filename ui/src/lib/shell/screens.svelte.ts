// The current screen, and the dialogs over it.
import type { Start } from "$lib/accounts/form";
import { guard } from "$lib/shell/action-guard.svelte";

export type Screen = "inventory" | "activity" | "accounts" | "settings";

/** The query bar of a screen is there by then, or not at all, in milliseconds. */
const QUERY_MS = 2_000;

class Screens {
  current = $state<Screen>("inventory");
  /** The sheet of keyboard shortcuts. */
  help = $state(false);
  /** The dialog that adds an account, and what it starts from. */
  adding = $state.raw<Start | null>(null);

  #queryUntil = 0;

  go(screen: Screen): void {
    if (screen === this.current) return;
    this.current = screen;
    this.#queryUntil = 0;
    guard.changed();
  }

  /** The query bar, which is not on screen yet, takes the focus as soon as it is. */
  awaitQuery(): void {
    this.#queryUntil = performance.now() + QUERY_MS;
  }

  /** Whether the query bar is about to take the focus: until then keys belong to nothing. */
  get awaitsQuery(): boolean {
    return performance.now() < this.#queryUntil;
  }

  /** Returns whether the query bar takes the focus as it appears; only the first call does. */
  takeQuery(): boolean {
    const awaited = this.awaitsQuery;
    this.#queryUntil = 0;
    return awaited;
  }

  addAccount(from: Start | null = null): void {
    this.adding = from ?? { cloud: "aws", way: null, profile: null, project: null };
  }
}

export const screens = new Screens();
