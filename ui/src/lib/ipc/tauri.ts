// The host behind Tauri: the only module that imports its API.
import { invoke, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Changes } from "$lib/ipc/types";
import type { Host } from "$lib/ipc/contract";

export { isTauri };

export const tauriHost: Host = {
  invoke: (command, request) => invoke(command, { request }),
  onChanged: (handler) => listen<Changes>("changed", (event) => handler(event.payload)),
};
