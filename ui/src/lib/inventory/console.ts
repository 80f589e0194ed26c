// Opens a resource's page of the cloud's console. The core builds the address from its key.
import { call } from "$lib/ipc";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

export async function openConsole(key: string): Promise<void> {
  try {
    await call("open_console", { key });
  } catch (error) {
    toasts.fail(m.failed_console(), error);
  }
}
