// The one place that knows the demo cloud, for its badge and its button.
import type { Account } from "$lib/ipc/types";

/** Returns true for an account of the demo cloud. */
export function isDemo({ provider }: Account): boolean {
  return provider === "demo";
}
