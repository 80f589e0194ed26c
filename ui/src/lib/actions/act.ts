// Plans an action for the rows that the operator chose: the selection, or the row under the cursor.
import type { Action } from "$lib/ipc/types";
import { planning } from "$lib/actions/planning.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

/** Plans `action` for the selected rows. */
export function act(action: Action): void {
  const target = { type: "selection", query: inventory.answered, include_hidden: false } as const;
  void planning.begin(action, target, inventory.selection.hidden);
}

/** Plans `action` for the selected rows, or else for the row that the operator moved to. */
export function actOnChosen(action: Action): boolean {
  const row = inventory.chosenRow;
  if (inventory.selection.count > 0) act(action);
  else if (row) void planning.begin(action, { type: "keys", keys: [row.key] });
  else toasts.say("quiet", m.act_needs_row(), m.act_needs_row_advice());
  return true;
}
