// Plans an action for the rows that the operator chose: the selection, or the row under the cursor.
import type { Action } from "$lib/ipc/types";
import { planning } from "$lib/actions/planning.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";

/** Plans `action`; `false` when the operator has chosen no row. */
export function act(action: Action): boolean {
  if (inventory.selection.count > 0) {
    const target = { type: "selection", query: inventory.query, include_hidden: false } as const;
    void planning.begin(action, target, inventory.selection.hidden);
    return true;
  }
  const row = inventory.chosenRow;
  if (row) void planning.begin(action, { type: "keys", keys: [row.key] });
  return row !== null;
}
