// Which command a key press means. Pure: no element, no state beyond the "g" of a two-key jump.

export type Command =
  | "query"
  | "next"
  | "previous"
  | "first"
  | "last"
  | "page_down"
  | "page_up"
  | "extend_next"
  | "extend_previous"
  | "open"
  | "toggle"
  | "select_all"
  | "escape"
  | "start"
  | "stop"
  | "reboot"
  | "copy_rows"
  | "copy_id"
  | "copy_address"
  | "refresh"
  | "go_inventory"
  | "go_activity"
  | "go_accounts"
  | "go_settings"
  | "help";

export type Press = {
  key: string;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  /** The key is held down and the system repeats it. */
  repeat: boolean;
  /** The press goes to a text field, a select or the like. */
  editing: boolean;
  /** The press goes to a button or a link, whose Enter and Space are its own. */
  pressing: boolean;
};

/** Keys that may be held down: they only move. */
const MOVES: Record<string, Command> = {
  ArrowDown: "next",
  j: "next",
  ArrowUp: "previous",
  k: "previous",
  Home: "first",
  End: "last",
  PageDown: "page_down",
  PageUp: "page_up",
};
const SHIFTED_MOVES: Record<string, Command> = {
  ArrowDown: "extend_next",
  J: "extend_next",
  ArrowUp: "extend_previous",
  K: "extend_previous",
};
/** Keys that do something: one press, one effect. */
const DOES: Record<string, Command> = {
  "/": "query",
  "?": "help",
  s: "start",
  x: "stop",
  c: "copy_id",
  r: "refresh",
};
const JUMPS: Record<string, Command> = {
  i: "go_inventory",
  a: "go_activity",
  c: "go_accounts",
  s: "go_settings",
};

/** Commands that change the selection or the clipboard, plan an action or send requests. */
const ACTS: ReadonlySet<Command> = new Set([
  "toggle",
  "select_all",
  "start",
  "stop",
  "reboot",
  "copy_id",
  "copy_address",
  "refresh",
]);

/** Returns whether a command acts, so that it needs an operator who looks at the screen. */
export function acts(command: Command): boolean {
  return ACTS.has(command);
}

/** How long "g" waits for its second key, in milliseconds. */
const CHORD_MS = 1_500;

export class Keymap {
  #jumpUntil = 0;

  /** Whether a jump has begun and waits for its second key. */
  get jumping(): boolean {
    return this.#jumpUntil > 0;
  }

  /** The command of a press, or `null` for one that is none of ours. */
  read(press: Press, now: number): Command | null {
    const jumping = now < this.#jumpUntil;
    this.#jumpUntil = 0;
    if (press.key === "Escape") return "escape";
    if (press.alt) return null;
    if (press.ctrl) return withCtrl(press);
    if (press.editing) return null;
    if (jumping && !press.repeat) {
      const jump = JUMPS[press.key];
      if (jump) return jump;
    }
    if (press.key === "g" && !press.repeat) {
      this.#jumpUntil = now + CHORD_MS;
      return null;
    }
    return plain(press);
  }
}

function withCtrl({ key, repeat, editing }: Press): Command | null {
  if (repeat) return null;
  if (key === "r") return "refresh";
  if (key === ",") return "go_settings";
  if (key === "c" && !editing) return "copy_rows";
  return key === "a" && !editing ? "select_all" : null;
}

function plain({ key, shift, repeat, pressing }: Press): Command | null {
  const move = shift ? SHIFTED_MOVES[key] : MOVES[key];
  if (move) return move;
  if (repeat) return null;
  if (key === "R" && shift) return "reboot";
  if (key === "C" && shift) return "copy_address";
  if (key === "Enter") return pressing ? null : "open";
  if (key === " ") return pressing ? null : "toggle";
  return DOES[key] ?? null;
}
