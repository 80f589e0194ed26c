// The language of the window. Messages read it while rendering, so a change redraws them.
import { baseLocale, isLocale, locales, overwriteGetLocale } from "$lib/paraglide/runtime.js";

export type Locale = (typeof locales)[number];

class Language {
  /** The language in use. */
  current = $state<Locale>(baseLocale);

  /** Follows the setting: a language, or the system's. */
  follow(setting: "system" | Locale): void {
    this.current = setting === "system" ? preferred(navigator.languages) : setting;
    document.documentElement.lang = this.current;
  }
}

/** The first of the system's languages that there are messages in. */
export function preferred(languages: readonly string[]): Locale {
  for (const tag of languages) {
    if (isLocale(tag)) return tag;
    const primary = tag.split("-")[0]?.toLowerCase();
    const match = locales.find((locale) => locale.split("-")[0] === primary);
    if (match) return match;
  }
  return baseLocale;
}

export const language = new Language();
overwriteGetLocale(() => language.current);
