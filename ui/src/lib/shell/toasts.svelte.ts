// Short notes that pass: few, and never the only place where something is said.
import { blocks, type IpcError, ipcError } from "$lib/ipc";
import { visible } from "$lib/text/visible";
import { errorAdvice, errorName } from "$lib/labels/failure";

export type Tone = "good" | "bad" | "quiet";
/** A button of a toast; pressing it puts the toast away. */
export type ToastAction = { id: "undo" | "view"; label: string; run: () => void };
export type Toast = {
  id: number;
  tone: Tone;
  title: string;
  detail: string;
  actions: readonly ToastAction[];
};

/** The most at once; an older one makes room. */
const MOST = 2;
/** How long a note stays, in milliseconds. Bad news stays until it is put away. */
const STAYS_MS = 6_000;
/** How long a note with buttons stays, in milliseconds. */
const STAYS_WITH_BUTTONS_MS = 12_000;

class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  say(tone: Tone, title: string, detail = "", actions: readonly ToastAction[] = []): void {
    const id = this.#next++;
    this.list = [...this.list.slice(1 - MOST), { id, tone, title, detail, actions }];
    const stays = actions.length > 0 ? STAYS_WITH_BUTTONS_MS : STAYS_MS;
    if (tone !== "bad") setTimeout(() => this.dismiss(id), stays);
  }

  /** Says what failed, why, and what to do. */
  fail(what: string, thrown: unknown): void {
    const error = ipcError(thrown);
    if (blocks(error)) return; // The whole window says so.
    this.say("bad", `${what}: ${errorName(error)}`, explained(error));
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

/** Returns the advice, and on a separate line the message of the source. */
export function explained(error: IpcError): string {
  return [errorAdvice(error), visible(error.message)].filter((text) => text !== "").join("\n");
}

export const toasts = new Toasts();
