// The error of a failed command. The window branches on codes; the message is a quotation.
import type { CommandCode, CommandError, FailureCode } from "$lib/ipc/types";

/** A failed command, as it is thrown by `call`. */
export class IpcError extends Error {
  readonly code: CommandCode;
  /** The class of the provider's or the keyring's failure, when `code` is `failed`. */
  readonly failure: FailureCode | null;
  readonly transient: boolean;
  readonly account: string | null;
  readonly trace: string | null;

  constructor(error: CommandError) {
    super(error.message);
    this.name = "IpcError";
    this.code = error.code;
    this.failure = error.failure;
    this.transient = error.transient;
    this.account = error.account;
    this.trace = error.trace;
  }
}

/**
 * Makes an `IpcError` of whatever a rejected call threw. Our own errors keep their code; a text is
 * Tauri's own refusal (an unknown or forbidden command, a request of the wrong shape).
 */
export function ipcError(thrown: unknown): IpcError {
  if (thrown instanceof IpcError) return thrown;
  if (isCommandError(thrown)) {
    return new IpcError({
      code: thrown.code,
      failure: thrown.failure ?? null,
      message: thrown.message,
      transient: thrown.transient === true,
      account: thrown.account ?? null,
      trace: thrown.trace ?? null,
    });
  }
  const message = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "";
  return new IpcError({
    code: "internal",
    failure: null,
    message,
    transient: false,
    account: null,
    trace: null,
  });
}

/** Returns true for an error that every command would return, such as a second window. */
export function blocks(error: IpcError): boolean {
  return error.code === "already_open" || error.code === "cannot_open";
}

function isCommandError(
  thrown: unknown,
): thrown is Pick<CommandError, "code" | "message"> & Partial<CommandError> {
  if (typeof thrown !== "object" || thrown === null) return false;
  const { code, message } = thrown as Record<string, unknown>;
  return typeof code === "string" && typeof message === "string";
}
