// A plan in groups: the effects first, each reason once, whatever the number of targets.
import { describe, expect, it } from "vitest";
import { sharedWarnings, targetGroups } from "$lib/actions/plan-groups";
import type { PlannedTarget } from "$lib/ipc/types";
import { planSummary } from "$lib/labels/plan-title";
import { plan, target } from "./samples";

const refused = (id: string, refusal: PlannedTarget["refusal"]) =>
  target({ id, verdict: "refused", refusal });
const offline = { code: "read_failed", failure: "unavailable", message: "offline" } as const;

describe("targetGroups", () => {
  it("puts eligible targets first and folds refusals by reason, the largest first", () => {
    const targets = [
      refused("i-1", { code: "read_only" }),
      refused("i-2", offline),
      refused("i-3", offline),
      target({ id: "i-4" }),
      target({ id: "i-5", verdict: "already" }),
    ];
    const groups = targetGroups(plan({ targets }));
    expect(groups.map(({ id, count }) => [id, count])).toEqual([
      ["eligible", 1],
      ["read_failed", 2],
      ["read_only", 1],
      ["already", 1],
    ]);
    expect(groups[1]?.reason).toContain("not read its current state");
  });

  it("counts targets that the reply does not carry", () => {
    const full = plan({ targets: [target(), refused("i-2", offline)] });
    const counts = { ...full.counts, eligible: 212, refusals: [{ code: "read_failed" as const, count: 72 }] };
    expect(targetGroups({ ...full, counts }).map(({ count }) => count)).toEqual([212, 72]);
  });

  it("names no reason that the targets of a group do not share", () => {
    const state = (state: PlannedTarget["state"]) => ({ code: "state", state }) as const;
    const groups = targetGroups(
      plan({ targets: [refused("i-1", state("pending")), refused("i-2", state("stopping"))] }),
    );
    expect(groups.map(({ id, reason }) => [id, reason])).toEqual([["state", ""]]);
  });
});

describe("sharedWarnings", () => {
  const spot = { code: "spot" } as const;
  it("stand once above three or more targets", () => {
    const targets = ["i-1", "i-2", "i-3"].map((id) => target({ id, warnings: [spot] }));
    expect(sharedWarnings(plan({ targets })).map(({ code, count }) => [code, count])).toEqual([["spot", 3]]);
    expect(sharedWarnings(plan({ targets: targets.slice(1) }))).toEqual([]);
  });

  it("stay with their targets where the text differs", () => {
    const lost = (ip: string) => ({ code: "public_ip_lost", ip }) as const;
    const targets = ["203.0.113.1", "203.0.113.2", "203.0.113.3"].map((ip, at) =>
      target({ id: `i-${at}`, warnings: [lost(ip)] }),
    );
    expect(sharedWarnings(plan({ targets }))).toEqual([]);
  });
});

describe("planSummary", () => {
  it("counts the targets in production", () => {
    const targets = [target({ id: "i-1", prod: true }), target({ id: "i-2" })];
    expect(planSummary(plan({ targets }))).toContain("1 of 2 is in production");
    expect(planSummary(plan({ targets: targets.slice(1) }))).not.toContain("production");
  });
});
