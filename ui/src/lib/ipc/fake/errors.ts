// The errors that the stand-in throws, as commands throw them.
import type { CommandError } from "$lib/ipc/types";

export function commandError(error: Partial<CommandError> & Pick<CommandError, "code">): CommandError {
  return { failure: null, message: "", transient: false, account: null, trace: null, ...error };
}

export function missing(what: string): CommandError {
  return commandError({ code: "not_found", message: what });
}
