// The time that each step in the journal took.
import type { JournalEntry } from "$lib/ipc/types";

/** Returns milliseconds from the request to each later entry of the same target, by `seq`. */
export function stepDurations(entries: readonly JournalEntry[]): Map<number, number> {
  const targetOf = ({ operation_id, key }: JournalEntry) => `${operation_id} ${key}`;
  const sent = new Map<string, number>();
  for (const entry of entries) {
    if (entry.event.type === "sent") sent.set(targetOf(entry), Date.parse(entry.at));
  }
  const took = new Map<number, number>();
  for (const entry of entries) {
    const from = sent.get(targetOf(entry));
    if (from !== undefined && entry.event.type !== "sent") {
      took.set(entry.seq, Math.max(0, Date.parse(entry.at) - from));
    }
  }
  return took;
}
