// The check that the OS keyring can take a key, before the operator enters one.
import { call } from "$lib/ipc";
import type { Failure } from "$lib/ipc/types";

export class KeyringCheck {
  /** The reason why the keyring cannot take a key; `null` while none is known. */
  failure = $state.raw<Failure | null>(null);
  checking = $state(false);
  /** Counts the checks: only the last one's reply counts. */
  #round = 0;

  /** Checks the keyring. With `prompt`, a locked keyring may ask the operator for its password. */
  async check(prompt: boolean): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.checking = true;
    let failure: Failure | null = null;
    try {
      ({ failure } = await call("check_keyring", { prompt }));
    } catch {
      // Nothing is known about the keyring; adding the account checks it again.
    }
    if (round !== this.#round) return;
    this.failure = failure;
    this.checking = false;
  }
}
