// Numbers and lists in the window's language.
import { language } from "$lib/i18n/language.svelte";

/** Returns "12,430". */
export function count(value: number): string {
  return new Intl.NumberFormat(language.current).format(value);
}

/** Returns "stop, reboot or suspend". */
export function either(words: readonly string[]): string {
  return new Intl.ListFormat(language.current, { type: "disjunction" }).format(words);
}
