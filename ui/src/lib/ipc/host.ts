// The choice of the host: the application behind Tauri, or the stand-in of a plain browser.
import type { Host } from "$lib/ipc/contract";

let host: Promise<Host> | undefined;

/** Returns the host; the first call chooses it. */
export function currentHost(): Promise<Host> {
  host ??= find();
  return host;
}

/** Sets another host, for tests. */
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
