// What the keyboard's commands do.
import type { Command } from "$lib/keys/keymap";
import type { Row } from "$lib/ipc/types";
import { accounts } from "$lib/accounts/accounts.svelte";
import { actOnChosen } from "$lib/actions/act";
import { copyAddress, copyId, copyRows } from "$lib/inventory/copy-rows";
import { details } from "$lib/inventory/details.svelte";
import { inventory } from "$lib/inventory/inventory.svelte";
import { screens } from "$lib/shell/screens.svelte";

/** What only the table and the query bar can do. */
export type InventoryControls = {
  /** Puts the focus into the query. */
  query(): void;
  /** Puts the focus on the row under the cursor, scrolling to it. */
  cursor(): void;
  /** Puts the focus on the table, scrolling nothing. */
  table(): void;
  /** The ids of the columns on screen, in order. */
  columns(): string[];
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
      if (controls) controls.query();
      else screens.awaitQuery();
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
      return withRow((row) => inventory.toggle(row), inventory.chosenRow);
    case "copy_rows":
      return copySelected(controls);
    case "copy_id":
      return withRow(copyId);
    case "copy_address":
      return withRow(copyAddress);
    case "select_all":
      inventory.selectAll();
      return true;
    case "escape":
      return escape(controls);
    case "start":
    case "stop":
    case "reboot":
      return actOnChosen(command);
    default:
      return false;
  }
}

/** Copies the rows, unless the operator marked a text, which the web view copies. */
function copySelected(controls: InventoryControls): boolean {
  if (getSelection()?.isCollapsed === false) return false;
  void copyRows(controls.columns());
  return true;
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

/** Closes the topmost of drawer, selection and query; then the focus is on the table. */
function escape(controls: InventoryControls): boolean {
  if (details.key !== null) details.close();
  else if (inventory.hasSelection) inventory.clearSelection();
  else if (inventory.query !== "") inventory.ask("");
  controls.cursor();
  return true;
}

function withRow(use: (row: Row) => void, row: Row | null = inventory.cursorRow): boolean {
  if (row) use(row);
  return row !== null;
}
