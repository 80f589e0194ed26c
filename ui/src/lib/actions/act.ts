// Plans an action for the rows that the operator chose: the selection, or the row under the cursor.
import type { Action } from "$lib/ipc/types";
import { planning } from "$lib/actions/planning.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

/** Plans `action` for the selected rows, once Rust has every change of the selection. */
export async function act(action: Action): Promise<void> {
  await inventory.selectionMade();
  const target = { type: "selection", query: inventory.answered, include_hidden: false } as const;
  await planning.begin(action, target, inventory.selection.hidden);
}

/** Plans `action` for the selected rows, or else for the row that the operator moved to. */
export function actOnChosen(action: Action): boolean {
  const row = inventory.chosenRow;
  if (inventory.hasSelection) void act(action);
  else if (row) void planning.begin(action, { type: "keys", keys: [row.key] });
  else toasts.say("quiet", m.act_needs_row(), m.act_needs_row_advice());
  return true;
}
