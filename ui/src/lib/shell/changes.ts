// The reads that each hint of a change triggers.
import { onChanged } from "$lib/ipc";
import type { Changes } from "$lib/ipc/types";
import { accounts } from "$lib/accounts/accounts.svelte";
import { activity } from "$lib/activity/activity.svelte";
import { details } from "$lib/inventory/details.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { appStatus } from "$lib/status/status.svelte";

/** Loads everything, then follows the hints; the returned function ends it. */
export async function follow(): Promise<() => void> {
  let seen: Changes = { inventory: 0, accounts: 0, operations: 0 };
  // Listening comes first: a change between loading and listening would go unseen.
  const stop = await onChanged((changes) => {
    const before = seen;
    seen = changes;
    if (changes.inventory !== before.inventory) void refreshInventory();
    if (changes.accounts !== before.accounts) void Promise.all([accounts.load(), appStatus.load()]);
    if (changes.operations !== before.operations) void activity.load();
  });
  await Promise.all([accounts.load(), activity.load(), refreshInventory()]);
  return stop;
}

/** Asks again for everything on screen. */
export async function refreshInventory(): Promise<void> {
  await Promise.all([inventory.refresh(), details.refresh(), appStatus.load()]);
}
