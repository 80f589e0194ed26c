// What the journal's steps and the ends of targets are called.
import type { Follower, JournalEvent, TargetStatus } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import { failureName } from "$lib/labels/failure";
import { stateName } from "$lib/labels/state";
import * as m from "$messages";

/** The tone of an outcome; its word always stands next to it. */
export type Tone = "good" | "bad" | "warn" | "quiet";

/** A step of the journal, in words. */
export function eventText(event: JournalEvent): string {
  switch (event.type) {
    case "sent":
      return m.event_sent();
    case "accepted":
      return event.raw_state
        ? m.event_accepted_state({ state: visible(event.raw_state) })
        : m.event_accepted();
    case "not_sent":
      return m.event_not_sent({ reason: failureName(event.failure.code) });
    case "refused":
      return m.event_refused({ reason: failureName(event.failure.code) });
    case "failed":
      if (event.failure) return m.event_failed({ reason: failureName(event.failure.code) });
      return m.event_failed_state({ state: stateName(event.state ?? "unknown") });
    case "unknown":
      return m.event_unknown({ reason: failureName(event.failure.code) });
    case "done":
      return m.event_done({ state: stateName(event.state) });
    case "timed_out":
      return m.event_timed_out();
  }
}

/** The colour of a step. */
export function eventTone(event: JournalEvent): Tone {
  switch (event.type) {
    case "done":
      return "good";
    case "not_sent":
    case "refused":
    case "failed":
      return "bad";
    case "unknown":
    case "timed_out":
      return "warn";
    case "sent":
    case "accepted":
      return "quiet";
  }
}

/** The provider's own words about a step that failed, if there are any. */
export function eventDetail(event: JournalEvent): string {
  if (event.type === "failed" && event.reason !== null) return visible(event.reason);
  return "failure" in event && event.failure ? visible(event.failure.message) : "";
}

const STATUS: Record<TargetStatus, { name: () => string; tone: Tone }> = {
  sent: { name: m.status_sent, tone: "quiet" },
  done: { name: m.status_done, tone: "good" },
  already: { name: m.status_already, tone: "quiet" },
  refused: { name: m.status_refused, tone: "bad" },
  failed: { name: m.status_failed, tone: "bad" },
  not_sent: { name: m.status_not_sent, tone: "bad" },
  unknown: { name: m.status_unknown, tone: "warn" },
};

/** Says which process follows an unfinished target. */
export function followerText(follower: Follower): string {
  switch (follower.type) {
    case "here":
      return m.operation_following();
    case "elsewhere":
      return m.operation_follower_elsewhere({ process: visible(follower.process) });
    case "nobody":
      return m.operation_follower_nobody();
  }
}

/** What became of a target, in a word. */
export function statusName(status: TargetStatus): string {
  return STATUS[status].name();
}

/** Its colour. */
export function statusTone(status: TargetStatus): Tone {
  return STATUS[status].tone;
}
