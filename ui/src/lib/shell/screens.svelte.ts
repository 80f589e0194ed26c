// Which screen is shown, and what lies over it.
import type { Start } from "$lib/accounts/form";
import { guard, isCharacter } from "$lib/keys/guard.svelte";

export type Screen = "inventory" | "activity" | "accounts" | "settings";

/** A query that did not appear by then is not coming, in milliseconds. */
const QUERY_MS = 2_000;

class Screens {
  current = $state<Screen>("inventory");
  /** The sheet of keyboard shortcuts. */
  help = $state(false);
  /** The dialog that adds an account, and what it starts from. */
  adding = $state.raw<Start | null>(null);

  /** The text typed for a query bar that is not on screen yet; `null` when none is awaited. */
  #awaited: string | null = null;
  #awaitedUntil = 0;

  go(screen: Screen): void {
    if (screen === this.current) return;
    this.current = screen;
    this.#awaited = null;
    guard.changed();
  }

  /** Keeps what is typed from now on for the query bar that is about to appear. */
  awaitQuery(): void {
    this.#awaited = "";
    this.#awaitedUntil = Date.now() + QUERY_MS;
  }

  /** Takes a key for the awaited query; `false` when none is awaited. */
  takeKey(key: string): boolean {
    if (this.#awaited === null || Date.now() > this.#awaitedUntil) return false;
    if (isCharacter(key)) this.#awaited += key;
    return true;
  }

  /** Returns the text for the query bar, once; `null` when it was not awaited. */
  takeQuery(): string | null {
    const text = this.#awaited;
    this.#awaited = null;
    return text;
  }

  addAccount(from: Start | null = null): void {
    this.adding = from ?? { cloud: "aws", way: null, profile: null, project: null };
  }
}

export const screens = new Screens();
