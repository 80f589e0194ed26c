// The scenario of the stand-in, from the page's address: ?rows=100000&state=offline&theme=light …
import type { Language, Theme } from "$lib/ipc/types";

export type Scenario = {
  rows: number;
  /** `empty`: no account. `offline`: every scope failed. `errors`: some did. `hostile`: bad names. */
  state: "normal" | "empty" | "bare" | "offline" | "errors" | "hostile" | "syncing" | "warming";
  theme: Theme;
  language: Language;
  keyring: "ok" | "keyring_unavailable" | "keyring_locked";
  demo: boolean;
  /** Milliseconds that each reply takes. */
  lag: number;
};

const STATES = ["normal", "empty", "bare", "offline", "errors", "hostile", "syncing", "warming"] as const;

export function scenario(address: URLSearchParams): Scenario {
  const one = <T extends string>(name: string, choices: readonly T[], otherwise: T): T =>
    choices.find((choice) => choice === address.get(name)) ?? otherwise;
  return {
    rows: Number(address.get("rows") ?? 420),
    state: one("state", STATES, "normal"),
    theme: one("theme", ["system", "light", "dark"], "system"),
    language: one("language", ["system", "en", "zh-CN"], "system"),
    keyring: one("keyring", ["ok", "keyring_unavailable", "keyring_locked"], "ok"),
    demo: address.has("demo"),
    lag: Number(address.get("lag") ?? 0),
  };
}
