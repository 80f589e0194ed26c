// The current screen, and the dialogs over it.
import type { Start } from "$lib/accounts/form";

export type Screen = "inventory" | "activity" | "accounts" | "settings";

class Screens {
  current = $state<Screen>("inventory");
  /** The sheet of keyboard shortcuts. */
  help = $state(false);
  /** The dialog that adds an account, and what it starts from. */
  adding = $state.raw<Start | null>(null);

  go(screen: Screen): void {
    this.current = screen;
  }

  addAccount(from: Start | null = null): void {
    this.adding = from ?? { cloud: "aws", way: null, profile: null, project: null };
  }
}

export const screens = new Screens();
