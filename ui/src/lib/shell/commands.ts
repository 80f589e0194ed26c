// What the keyboard's commands do.
import type { Command } from "$lib/keys/keymap";
import type { Action } from "$lib/ipc/types";
import { accounts } from "$lib/accounts/accounts.svelte";
import { planning } from "$lib/actions/planning.svelte";
import { details } from "$lib/inventory/details.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { screens } from "$lib/shell/screens.svelte";

/** What only the table and the query bar can do. */
export type InventoryControls = {
  /** Puts the focus into the query. */
  query(): void;
  /** Puts the focus on the row under the cursor, scrolling to it. */
  cursor(): void;
  /** Rows in a page. */
  page(): number;
};

/** Carries a command out; `false` when it means nothing here. */
export function run(command: Command, controls: InventoryControls | null): boolean {
  switch (command) {
    case "go_inventory":
    case "go_activity":
    case "go_accounts":
    case "go_settings":
      screens.go(command === "go_inventory" ? "inventory" : SCREENS[command]);
      return true;
    case "help":
      screens.help = true;
      return true;
    case "refresh":
      void accounts.sync([]);
      return true;
    case "query":
      screens.go("inventory");
      controls?.query();
      return true;
    default:
      return screens.current === "inventory" && controls !== null && inInventory(command, controls);
  }
}

const SCREENS = { go_activity: "activity", go_accounts: "accounts", go_settings: "settings" } as const;
const STEPS = {
  next: 1,
  previous: -1,
  extend_next: 1,
  extend_previous: -1,
  first: -Infinity,
  last: Infinity,
} as const;

function inInventory(command: Command, controls: InventoryControls): boolean {
  switch (command) {
    case "next":
    case "previous":
    case "first":
    case "last":
      return move(STEPS[command], controls);
    case "page_down":
    case "page_up":
      return move(command === "page_down" ? controls.page() : -controls.page(), controls);
    case "extend_next":
    case "extend_previous":
      return extend(STEPS[command], controls);
    case "open":
      return withRow(({ key }) => details.open(key));
    case "toggle":
      return withRow((row) => inventory.toggle(row));
    case "select_all":
      inventory.selectAll();
      return true;
    case "escape":
      return escape(controls);
    case "start":
    case "stop":
    case "reboot":
      return act(command);
    default:
      return false;
  }
}

/** Plans an action for the selection, or for the row under the cursor when nothing is selected. */
export function act(action: Action): boolean {
  if (inventory.selection.count > 0) {
    const target = { type: "selection", query: inventory.query, include_hidden: false } as const;
    void planning.begin(action, target, inventory.selection.hidden);
    return true;
  }
  return withRow(({ key }) => void planning.begin(action, { type: "keys", keys: [key] }));
}

function move(step: number, controls: InventoryControls): boolean {
  inventory.moveTo(inventory.cursor.index + step);
  controls.cursor();
  if (details.key !== null) withRow(({ key }) => details.open(key));
  return true;
}

function extend(step: number, controls: InventoryControls): boolean {
  withRow((row) => {
    if (!row.selected) inventory.toggle(row);
  });
  move(step, controls);
  return withRow((row) => inventory.extendTo(row));
}

/** Puts away the topmost thing: the drawer, then the selection, then the query. */
function escape(controls: InventoryControls): boolean {
  if (details.key !== null) details.close();
  else if (inventory.selection.count > 0) inventory.clearSelection();
  else if (inventory.query !== "") inventory.ask("");
  else return false;
  controls.cursor();
  return true;
}

function withRow(use: (row: NonNullable<typeof inventory.cursorRow>) => void): boolean {
  const row = inventory.cursorRow;
  if (row) use(row);
  return row !== null;
}
