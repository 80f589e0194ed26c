// Decides whether a key may act now. After a change of screen, dialog or focus the operator may
// still be typing a text, so keys that act wait for a pause.

/**
 * The pause after which keys act, in milliseconds: longer than between two keys of a text, and the
 * time in which a plan that has just appeared takes no Enter and no Space.
 */
const PAUSE_MS = 500;

/** The reason that a key does not act: what changed, or what the key belongs to. */
export type Hold = "changed" | "typing" | "unread" | "repeated";

export class ActionGuard {
  /** The reason that keys do not act now; `null` when they act. */
  hold = $state<Hold | null>("changed");
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The operator moves the focus by Tab or by the pointer. */
  #deliberate = false;

  constructor() {
    this.changed();
  }

  /** Notes that a screen or the focus changed, or that a dialog closed. */
  changed(): void {
    this.#wait("changed");
  }

  /** Notes that a dialog appeared, or that it shows another plan. */
  appeared(): void {
    this.#wait("unread");
  }

  /** Notes that the operator pressed Tab or the pointer: the focus moves because of it. */
  deliberate(): void {
    this.#deliberate = true;
    setTimeout(() => (this.#deliberate = false));
  }

  /** Notes that the focus went from one element to another. */
  focusMoved(): void {
    if (!this.#deliberate) this.changed();
  }

  /**
   * Notes a key press outside of text fields. A character that has no meaning here is a part of a
   * text; so is each character that follows it, or a change, without a pause.
   */
  pressed(key: string, hasMeaning: boolean): void {
    if (isCharacter(key) && (this.hold !== null || !hasMeaning)) this.#wait("typing");
  }

  /** Returns the reason that this press does not act; `null` when it acts. */
  refusal(repeat: boolean): Hold | null {
    return repeat ? "repeated" : this.hold;
  }

  #wait(reason: Hold): void {
    this.hold = reason;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.hold = null), PAUSE_MS);
  }
}

/** Returns whether the key writes a character. */
export function isCharacter(key: string): boolean {
  return [...key].length === 1;
}

export const guard = new ActionGuard();
