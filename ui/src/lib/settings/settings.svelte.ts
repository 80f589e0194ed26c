// The window's settings, and their effect on the document.
import { call } from "$lib/ipc";
import type { Settings, UpdateSettingsRequest } from "$lib/ipc/types";
import { language } from "$lib/i18n/language.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import * as m from "$messages";

/** Until Rust has answered. */
const DEFAULTS: Settings = {
  theme: "system",
  language: "system",
  density: "compact",
  poll_interval_s: 300,
  poll_interval_least_s: 30,
  poll_interval_most_s: 86_400,
};
/** Row heights, in pixels, by density; the stylesheet has the same. */
const ROW_HEIGHT = { compact: 28, comfortable: 36 } as const;

class WindowSettings {
  current = $state.raw<Settings>(DEFAULTS);

  readonly rowHeight = $derived(ROW_HEIGHT[this.current.density]);

  async load(): Promise<void> {
    try {
      this.#apply(await call("get_settings", {}));
    } catch (error) {
      this.#apply(DEFAULTS);
      toasts.fail(m.failed_settings(), error);
    }
  }

  async change(change: UpdateSettingsRequest): Promise<void> {
    try {
      this.#apply(await call("update_settings", change));
    } catch (error) {
      toasts.fail(m.failed_settings(), error);
    }
  }

  /** Follows the system's colours as they change; the returned function ends it. */
  followSystem(): () => void {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => this.#apply(this.current);
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }

  #apply(settings: Settings): void {
    this.current = settings;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const root = document.documentElement;
    root.dataset["theme"] = settings.theme === "system" ? (dark ? "dark" : "light") : settings.theme;
    root.dataset["density"] = settings.density;
    language.follow(settings.language);
  }
}

export const settings = new WindowSettings();
