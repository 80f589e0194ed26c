// What the table of the clouds says: names, and what actions are called on them.
import { describe, expect, it } from "vitest";
import { VIEWS } from "$components/shell/views";
import { ICONS } from "$components/shared/icons";
import type { Action, JournalEvent, ProviderKind, Refusal, Source, State, Warning } from "$lib/ipc/types";
import { language } from "$lib/i18n/language.svelte";
import { foundName, sourceName } from "$lib/labels/account";
import { actionName, ACTIONS, asks, inverse, pendingName } from "$lib/labels/action";
import { cloudMark, providerName } from "$lib/labels/clouds";
import { eventDetail, eventText, eventTone } from "$lib/labels/journal";
import { refusalReason, warningText } from "$lib/labels/plan";
import { planSummary } from "$lib/labels/plan-title";
import { isMoving, stateGlyph } from "$lib/labels/state";
import { plan, target } from "./samples";

const STATES: State[] = [
  ...(["pending", "running", "stopping", "stopped", "suspending"] as const),
  ...(["suspended", "terminating", "terminated", "repairing", "unknown"] as const),
];
const PROVIDERS: ProviderKind[] = ["aws", "gcp", "demo"];

it("each cloud has a name and a mark of its own", () => {
  expect(PROVIDERS.map(providerName)).toEqual(["AWS", "GCP", "Demo"]);
  const marks = PROVIDERS.map((one) => ICONS[cloudMark(one)]);
  expect(new Set(marks).size).toBe(3);
});

describe("credentials", () => {
  it.each<[Source, string]>([
    [{ type: "variable", variable: "TO\u202EKEN" }, "access token in TO\\u{202e}KEN"],
    [{ type: "application_default" }, "application default credentials"],
    [{ type: "sign_in" }, "service account key in the keyring"],
  ])("of %j are called %j", (source, name) => {
    expect(sourceName(source)).toBe(name);
  });

  it("found are named with their cloud and their project", () => {
    const find = { provider: "gcp", region: null, added: false } as const;
    expect(foundName({ ...find, source: { type: "application_default" }, project: "lab-1" })).toBe(
      "Google Cloud: application default credentials · project lab-1",
    );
    expect(foundName({ ...find, source: { type: "application_default" }, project: null })).toBe(
      "Google Cloud: application default credentials",
    );
  });
});

describe("suspending and resuming", () => {
  it("are taken back by each other", () => {
    expect([inverse("suspend"), inverse("resume"), inverse("stop"), inverse("terminate")]).toEqual([
      "resume",
      "suspend",
      "start",
      null,
    ]);
  });

  it("have words of their own in both languages", () => {
    for (const locale of ["en", "zh-CN"] as const) {
      language.current = locale;
      expect(new Set(ACTIONS.map(actionName)).size).toBe(6);
      expect(new Set(ACTIONS.map(pendingName)).size).toBe(6);
    }
    language.current = "en";
    expect([actionName("suspend"), pendingName("resume")]).toEqual(["Suspend", "Resume asked"]);
  });

  it("ask first where a machine goes down, not where it comes up", () => {
    expect(ACTIONS.filter((action) => asks(action, false))).toEqual<Action[]>([
      "stop",
      "reboot",
      "suspend",
      "terminate",
    ]);
  });

  it("say what becomes of the memory", () => {
    expect(planSummary(plan({ action: "suspend", targets: [target()] }))).toContain("billed as storage");
  });

  it("count as in transition, and so does their view's query", () => {
    const view = VIEWS.find(({ id }) => id === "moving");
    const moving = STATES.filter(isMoving);
    expect(moving).toContain("suspending");
    expect(view?.query.replace("state:", "").split(",").toSorted()).toEqual(moving.toSorted());
  });

  it("are drawn unlike running, stopped and on the way", () => {
    expect([stateGlyph("suspended"), stateGlyph("suspending"), stateGlyph("stopped")]).toEqual([
      "paused",
      "moving",
      "off",
    ]);
  });
});

describe("what only some clouds say", () => {
  it.each<[Refusal, string]>([
    [{ code: "not_permitted" }, "do not permit this"],
    [{ code: "local_disks" }, "local SSDs"],
  ])("refusals: %j", (refusal, words) => {
    expect(refusalReason(refusal)).toContain(words);
  });

  it("warns of a hard reset", () => {
    expect(warningText({ code: "hard" } satisfies Warning)).toContain("guest OS is not shut down");
  });

  it("an accepted action that came to nothing is bad news, in the cloud's own words", () => {
    const event: JournalEvent = {
      type: "failed",
      failure: { code: "capacity_unavailable", message: "ZONE_RESOURCE_POOL_EXHAUSTED" },
      state: null,
      raw_state: null,
      reason: null,
    };
    expect(eventText(event)).toBe("failed: no capacity");
    expect(eventTone(event)).toBe("bad");
    expect(eventDetail(event)).toBe("ZONE_RESOURCE_POOL_EXHAUSTED");
    const back: JournalEvent = {
      type: "failed",
      failure: null,
      state: "running",
      raw_state: "running",
      reason: null,
    };
    expect([eventText(back), eventTone(back), eventDetail(back)]).toEqual([
      "ended in an unexpected state: Running",
      "bad",
      "",
    ]);
    const told: JournalEvent = { ...back, reason: "Client.InternalError" };
    expect(eventDetail(told)).toBe("Client.InternalError");
  });
});
