// Copies text. The webview lets a page copy only while a press lasts; it may refuse the modern way.
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
  say(text, what);
}

/** What is copied, and what names it in the note. */
export type Copied = { text: string; what: string };

/** Copies what is still being asked for: the clipboard is asked at once, as long as the press lasts. */
export async function copyPromised(promised: Promise<Copied>): Promise<void> {
  const plain = promised.then(({ text }) => new Blob([text], { type: "text/plain" }));
  let done = false;
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": plain })]);
    done = true;
  } catch {
    // What went wrong with the text itself is thrown below.
    plain.catch(() => undefined);
  }
  const { text, what } = await promised;
  if (done) say(text, what);
  else await copy(text, what);
}

function say(text: string, what: string) {
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
