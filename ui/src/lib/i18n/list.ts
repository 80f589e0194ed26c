// Lists for people.
import { language } from "$lib/i18n/language.svelte";

/** "stop, reboot or suspend". */
export function either(words: readonly string[]): string {
  return new Intl.ListFormat(language.current, { type: "disjunction" }).format(words);
}
