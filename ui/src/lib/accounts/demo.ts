// The one place that knows the demo cloud, for its badge and its button.
import type { Account } from "$lib/ipc/types";

/** Whether an account is one of the demo cloud's. */
export function isDemo({ provider }: Account): boolean {
  return provider === "demo";
}
