// What answers the window: the application behind Tauri, or the stand-in of a plain browser.
import type { Changes } from "$lib/ipc/types";

export interface Host {
  /** Runs a command; rejects with a `CommandError`. */
  invoke(command: string, request: unknown): Promise<unknown>;
  /** Calls `handler` on every hint; the returned function ends it. */
  onChanged(handler: (changes: Changes) => void): Promise<() => void>;
}

let host: Promise<Host> | undefined;

/** The host, found once. */
export function currentHost(): Promise<Host> {
  host ??= find();
  return host;
}

/** Takes another host, for tests. */
export function useHost(other: Host): void {
  host = Promise.resolve(other);
}

async function find(): Promise<Host> {
  const { isTauri, tauriHost } = await import("$lib/ipc/tauri");
  if (isTauri()) return tauriHost;
  // The packaged window holds no stand-in: the condition is constant, so the import is left out.
  if (import.meta.env.MODE !== "production") {
    const { fakeHost } = await import("$lib/ipc/fake/host");
    return fakeHost(new URLSearchParams(location.search));
  }
  return {
    invoke: () => Promise.reject(new Error("this page works only inside Nephoscope")),
    onChanged: () => Promise.resolve(() => undefined),
  };
}
