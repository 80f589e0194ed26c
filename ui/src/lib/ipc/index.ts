// The typed client: every command and the one event go through here.
import { ipcError } from "$lib/ipc/error";
import type { Command, Reply, Request } from "$lib/ipc/contract";
import { currentHost } from "$lib/ipc/host";
import type { Changes } from "$lib/ipc/types";

export { blocks, IpcError, ipcError } from "$lib/ipc/error";
export { LIMITS } from "./generated/commands";

export type { Command, Reply, Request } from "$lib/ipc/contract";

/** Runs a command. Throws an `IpcError`. */
export async function call<C extends Command>(command: C, request: Request<C>): Promise<Reply<C>> {
  try {
    const host = await currentHost();
    return (await host.invoke(command, request)) as Reply<C>;
  } catch (thrown) {
    throw ipcError(thrown);
  }
}

/** Calls `handler` on every hint that something changed; the returned function ends it. */
export async function onChanged(handler: (changes: Changes) => void): Promise<() => void> {
  return (await currentHost()).onChanged(handler);
}
