// Which screen is shown, and what lies over it.

export type Screen = "inventory" | "activity" | "accounts" | "settings";

class Screens {
  current = $state<Screen>("inventory");
  /** The sheet of keyboard shortcuts. */
  help = $state(false);
  /** The dialog that adds an account, and what it starts from. */
  adding = $state<{ profile: string | null; environment: boolean } | null>(null);

  go(screen: Screen): void {
    this.current = screen;
  }

  addAccount(from?: { profile?: string; environment?: boolean }): void {
    this.adding = { profile: from?.profile ?? null, environment: from?.environment ?? false };
  }
}

export const screens = new Screens();
