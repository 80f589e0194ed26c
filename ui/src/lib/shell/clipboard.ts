// Copies text. The webview may refuse the modern way when the press is too long ago.
import { toasts } from "$lib/shell/toasts.svelte";
import { visible } from "$lib/text/visible";
import * as m from "$messages";

/** Copies `text` and says so; `what` names it in the note. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text)) {
      toasts.say("bad", m.copy_failed(), m.copy_failed_advice());
      return;
    }
  }
  toasts.say("quiet", m.copied({ what }), visible(text.length > 120 ? `${text.slice(0, 120)}…` : text));
}

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.className = "visually-hidden";
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
