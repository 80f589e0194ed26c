// Decides when a key may act. After a change of screen, dialog or focus the operator may still be
// typing a text, so keys that act wait for a pause.

/** The pause that ends a text, in milliseconds: longer than between two keys of a fast typist. */
const PAUSE_MS = 400;

class KeyGuard {
  /** Whether keys that act are ignored now. */
  settling = $state(true);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.changed();
  }

  /** A screen, a dialog or the focus has changed. */
  changed(): void {
    this.settling = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.settling = false), PAUSE_MS);
  }

  /**
   * A key that means nothing here belongs to a text. While such a text is being typed, or while a
   * change settles, each further character extends the wait.
   */
  typed(key: string, means: boolean): void {
    if (isCharacter(key) && (this.settling || !means)) this.changed();
  }
}

/** Whether a key writes a character. */
export function isCharacter(key: string): boolean {
  return [...key].length === 1;
}

export const guard = new KeyGuard();
