// When each target of each operation was sent, for saying how long its steps took.
import type { JournalEntry } from "$lib/ipc/types";

/** Milliseconds since the epoch, by "operation key". */
export function sentAt(entries: readonly JournalEntry[]): Map<string, number> {
  const sent = new Map<string, number>();
  for (const { operation_id, key, at, event } of entries) {
    if (event.type === "sent") sent.set(`${operation_id} ${key}`, Date.parse(at));
  }
  return sent;
}
