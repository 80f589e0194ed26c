// An action on its way: nothing is sent that was not confirmed, and nothing twice.
import { beforeEach, describe, expect, it } from "vitest";
import { needsDialog, secondsLeft, typable } from "$lib/actions/confirmation";
import { planning } from "$lib/actions/planning.svelte";
import { completionToasts } from "$lib/activity/completion-toasts";
import type { Plan, PlanTarget } from "$lib/ipc/types";
import { screens } from "$lib/shell/screens.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import { planSummary, planTitle } from "$lib/labels/plan-title";
import { host, settled } from "./host";
import { operation, plan, PLAIN, target } from "./samples";

const keys: PlanTarget = { type: "keys", keys: ["aws:1:r:instance:i"] };
const start: Partial<Plan> = { action: "start", confirmation: { type: "none" } };

beforeEach(() => {
  planning.close();
  toasts.list = [];
});

describe("in proportion", () => {
  it("one start goes at once", () => {
    expect(needsDialog(plan(start))).toBe(false);
  });

  it.each<[string, Partial<Plan>]>([
    ["a click is asked for", { confirmation: { type: "click" } }],
    ["typing is asked for", { confirmation: { type: "type", accepted: ["web-1"] } }],
    ["there is something to know", { ...start, targets: [target({ warnings: [{ code: "spot" }] })] }],
    [
      "it would not be sent",
      { ...start, targets: [target({ verdict: "refused", refusal: { code: "read_only" } })] },
    ],
    ["it is there already", { ...start, targets: [target({ verdict: "already" })] }],
    ["there is no target", { ...start, targets: [] }],
  ])("is looked at when %s", (_, change) => {
    expect(needsDialog(plan(change))).toBe(true);
  });
});

describe("planning", () => {
  it("sends one start without a dialog", async () => {
    const { asked } = host({
      plan_action: () => plan(start),
      commit_plan: () => ({ type: "accepted", operation_id: "o1" }),
    });
    await planning.begin("start", keys);
    expect(asked.at(-1)).toEqual(["commit_plan", { nonce: "n1", confirmation: null }]);
    expect(planning.phase).toBe("closed");
    expect(toasts.list[0]?.title).toBe("Start sent to 1 machine");
    const [undo, view] = toasts.list[0]?.actions ?? [];
    view?.run();
    expect([view?.id, screens.current]).toEqual(["view", "activity"]);
    undo?.run();
    await settled();
    const back = { action: "stop", target: { type: "operation", operation_id: "o1" } };
    expect(asked.filter(([command]) => command === "plan_action").at(-1)?.[1]).toMatchObject(back);
  });

  it("shows a stop, and sends it once when it is confirmed", async () => {
    const { asked } = host({
      plan_action: () => plan(),
      commit_plan: () => ({ type: "accepted", operation_id: "o1" }),
    });
    await planning.begin("stop", keys);
    expect(planning.visible).toBe(true);
    expect(asked.map(([command]) => command)).toEqual(["plan_action"]);
    await Promise.all([planning.commit(), planning.commit()]);
    expect(asked.map(([command]) => command)).toEqual(["plan_action", "commit_plan"]);
  });

  it("sends nothing until the text is typed exactly", async () => {
    const accepted = ["web-1", "i-0a41"];
    const { asked } = host({
      plan_action: () => plan({ action: "terminate", confirmation: { type: "type", accepted } }),
      commit_plan: () => ({ type: "accepted", operation_id: "o1" }),
    });
    await planning.begin("terminate", keys);
    for (const text of ["", "web", "WEB-1", "web-1 "]) {
      planning.typed = text;
      expect(planning.confirmed).toBe(false);
      await planning.commit();
    }
    expect(asked).toHaveLength(1);
    planning.typed = "i-0a41";
    await planning.commit();
    expect(asked.at(-1)).toEqual(["commit_plan", { nonce: "n1", confirmation: "i-0a41" }]);
  });

  it("sends nothing of a plan in which all is refused", async () => {
    const refused = target({ verdict: "refused", refusal: { code: "read_only" } });
    const { asked } = host({ plan_action: () => plan({ targets: [refused] }) });
    await planning.begin("stop", keys);
    await planning.commit();
    expect(asked).toHaveLength(1);
    expect(planSummary(plan({ targets: [refused] }))).toBe("Nothing would be sent. 1 is refused.");
  });

  it("shows a refusal, and plans again with a new nonce", async () => {
    let round = 0;
    const { asked } = host({
      plan_action: () => plan({ nonce: `n${++round}` }),
      commit_plan: ({ nonce }) =>
        nonce === "n1"
          ? { type: "refused", refusal: { code: "changed", count: 1, changed: ["k"] } }
          : { type: "accepted", operation_id: "o1" },
    });
    await planning.begin("stop", keys);
    await planning.commit();
    expect(planning.refusal).toEqual({ code: "changed", count: 1, changed: ["k"] });
    expect(planning.visible).toBe(true);
    await planning.again();
    expect(planning.refusal).toBeNull();
    await planning.commit();
    expect(asked.map(([, request]) => (request as { nonce?: string }).nonce).filter(Boolean)).toEqual([
      "n1",
      "n2",
    ]);
    expect(planning.phase).toBe("closed");
  });

  it("counts by the core's numbers, not by the targets that came along", async () => {
    const counts = { ...plan().counts, total: 1000, eligible: 999, refused: 1, accounts: 2 };
    const large = plan({ counts, options: { ...PLAIN, discard_local_disks: true } });
    const { asked } = host({
      plan_action: () => large,
      commit_plan: () => ({ type: "accepted", operation_id: "o1" }),
      copy_command: () => ({ command: null }),
    });
    await planning.begin("stop", keys);
    expect(planTitle("stop", large)).toBe("Stop 999 of 1,000 machines");
    expect(planSummary(large)).toContain("999 of 1,000 will be stopped, in 2 accounts. 1 is refused.");
    expect(needsDialog(plan({ ...start, counts }))).toBe(true);
    await planning.copyCommand();
    expect(asked.at(-1)).toEqual([
      "copy_command",
      { action: "stop", keys: [target().key], options: { ...PLAIN, discard_local_disks: true } },
    ]);
    await planning.commit();
    expect(toasts.list.at(-1)?.title).toBe("Stop sent to 999 machines");
  });

  it("leaves hidden rows out until they are asked for, and shows that there are some", async () => {
    const { asked } = host({ plan_action: () => plan(start) });
    const selection: PlanTarget = { type: "selection", query: "web", include_hidden: false };
    await planning.begin("start", selection, 3);
    expect(planning.visible).toBe(true);
    await planning.include(true);
    expect(asked).toEqual([
      ["plan_action", { action: "start", target: selection, options: PLAIN }],
      ["plan_action", { action: "start", target: { ...selection, include_hidden: true }, options: PLAIN }],
    ]);
  });

  it("are planned again with another option, and none outlives its plan", async () => {
    const { asked } = host({
      plan_action: ({ options }) => plan({ options, offers_force: true, offers_hibernate: true }),
    });
    await planning.begin("stop", { type: "selection", query: "", include_hidden: false });
    expect(planning.offers).toEqual({ force: true, hibernate: true });
    await planning.choose({ force: true });
    expect(asked.at(-1)?.[1]).toMatchObject({ options: { ...PLAIN, force: true } });
    await planning.choose({ force: false, hibernate: true });
    expect(asked.at(-1)?.[1]).toMatchObject({ options: { ...PLAIN, hibernate: true } });
    planning.close();
    await planning.begin("stop", { type: "selection", query: "", include_hidden: false });
    expect(asked.at(-1)?.[1]).toMatchObject({ options: PLAIN });
  });

  it("plans anew with leave to discard local disks, and forgets it with the dialog", async () => {
    let round = 0;
    const { asked } = host({
      plan_action: ({ options }) => plan({ nonce: `n${++round}`, options, asks_discard: true }),
      commit_plan: () => ({ type: "accepted", operation_id: "o1" }),
    });
    await planning.begin("stop", keys);
    expect([planning.asksDiscard, planning.options.discard_local_disks]).toEqual([true, false]);
    planning.typed = "left over";
    await planning.choose({ discard_local_disks: true });
    expect([planning.asksDiscard, planning.options.discard_local_disks, planning.typed]).toEqual([
      true,
      true,
      "",
    ]);
    expect(asked.map(([command]) => command)).toEqual(["plan_action", "plan_action"]);
    await planning.again();
    expect(asked.at(-1)?.[1]).toMatchObject({ options: { discard_local_disks: true } });
    await planning.commit();
    expect(asked.at(-1)).toEqual(["commit_plan", { nonce: "n3", confirmation: null }]);
    expect([planning.asksDiscard, planning.options.discard_local_disks]).toEqual([false, false]);
    await planning.begin("stop", keys);
    expect(asked.at(-1)?.[1]).toMatchObject({ options: { discard_local_disks: false } });
  });

  it("goes by what the core made of that leave", async () => {
    host({ plan_action: () => plan({ options: PLAIN, asks_discard: true }) });
    await planning.begin("stop", keys);
    await planning.choose({ discard_local_disks: true });
    expect(planning.options.discard_local_disks).toBe(false);
  });

  it("drops a plan that comes after Escape", async () => {
    let answer: (made: Plan) => void = () => undefined;
    const { asked } = host({ plan_action: () => new Promise((resolve) => (answer = resolve)) });
    void planning.begin("start", keys);
    await settled();
    planning.close();
    answer(plan(start));
    await settled();
    expect(planning.phase).toBe("closed");
    expect(asked).toHaveLength(1);
  });

  it("says why no plan could be made", async () => {
    host({
      plan_action: () => {
        throw Object.assign(new Error("no"), { code: "not_found", message: "gone" });
      },
    });
    await planning.begin("stop", keys);
    expect(planning.error?.code).toBe("not_found");
    expect(planning.visible).toBe(true);
  });
});

it("counts down, and not below zero", () => {
  expect(secondsLeft(plan(), Date.parse("2026-03-01T12:00:59.100Z"))).toBe(1);
  expect(secondsLeft(plan(), Date.parse("2026-03-01T13:00:00Z"))).toBe(0);
});

it("asks for typing only what can be typed as it is read", () => {
  expect(typable(["web-1", "i-0a41"])).toEqual(["web-1", "i-0a41"]);
  expect(typable(["<b>web</b> 1", "i-0a41"])).toEqual(["<b>web</b> 1", "i-0a41"]);
  for (const name of ["a\u202Eb", "a\tb", "\u200Bweb", " web", "web ", "web  1"]) {
    expect(typable([name, "i-0a41"])).toEqual(["i-0a41"]);
  }
  expect(typable(["la\u200Bb 3"])).toEqual(["la\u200Bb 3"]);
});

describe("titles", () => {
  it("name one machine and count several", () => {
    expect(planTitle("stop", plan())).toBe("Stop web-1");
    expect(planTitle("stop", plan({ targets: [target({ name: "" })] }))).toBe("Stop i-0a41");
    expect(planTitle("stop", plan({ targets: [target({ name: "a\u202Eb" })] }))).toBe("Stop a\\u{202e}b");
    const two = [target({ id: "i-1" }), target({ id: "i-2", verdict: "already" })];
    expect(planTitle("stop", plan({ targets: two }))).toBe("Stop 1 of 2 machines");
  });

  it("count the accounts of what is sent", () => {
    const targets = [target({ id: "i-1" }), target({ id: "i-2", account_id: "a2", verdict: "already" })];
    expect(planSummary(plan({ targets }))).toContain(
      "1 of 2 will be stopped, in 1 account. 1 is already Stopped; nothing to do.",
    );
  });

  it("tell what is under way from what is done", () => {
    const targets = [target({ id: "i-1" }), target({ id: "i-2", verdict: "underway" })];
    expect(planSummary(plan({ targets }))).toContain(
      "1 is already on its way to Stopped; nothing is sent to it.",
    );
  });
});

describe("completionToasts", () => {
  it.each([
    [[{}], "good", "web-0 is now Stopped"],
    [[{}, {}], "good", "Stop: all 2 machines are done"],
    [[{}, { status: "failed" as const }], "bad", "Stop: 1 of 2 failed"],
    [[{}, { status: "not_sent" as const }], "bad", "Stop: 1 of 2 failed"],
    [[{}, { status: "unknown" as const }], "bad", "Stop: outcome unknown for 1 of 2"],
  ])("of %j are %s", (targets, tone, text) => {
    expect(completionToasts([operation(targets)])).toEqual([{ tone, text, detail: "" }]);
  });

  it("count what no reply brought along", () => {
    const [one] = [operation([{}])];
    const counts = { ...one.counts, total: 1000, done: 998, failed: 1, refused: 1 };
    expect(completionToasts([{ ...one, counts }])).toEqual([
      { tone: "bad", text: "Stop: 2 of 1000 failed", detail: "" },
    ]);
  });

  it("say to what it happened and why", () => {
    const failure = { code: "capacity_unavailable" as const, message: "the zone is full" };
    const [ended] = completionToasts([operation([{}, { status: "failed" as const, failure }])]);
    expect(ended?.detail).toBe("web-1: no capacity: the zone is full");
  });

  it("say nothing of what is under way", () => {
    expect(completionToasts([operation([{ running: true }], { finished_at: null })])).toEqual([]);
  });
});
