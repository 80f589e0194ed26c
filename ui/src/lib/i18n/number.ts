// Numbers for people.
import { language } from "$lib/i18n/language.svelte";

/** "12,430". */
export function count(value: number): string {
  return new Intl.NumberFormat(language.current).format(value);
}
