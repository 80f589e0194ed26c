// The contract between the window and its host: the commands, their shapes, and the host itself.
import type { Changes } from "./generated/types";
import type { Commands } from "./generated/commands";

export type Command = keyof Commands;
export type Request<C extends Command> = Commands[C]["request"];
export type Reply<C extends Command> = Commands[C]["reply"];

/** The application behind Tauri, or the stand-in of a plain browser. */
export interface Host {
  /** Runs a command; rejects with a `CommandError`. */
  invoke(command: string, request: unknown): Promise<unknown>;
  /** Calls `handler` on every hint; the returned function ends it. */
  onChanged(handler: (changes: Changes) => void): Promise<() => void>;
}
