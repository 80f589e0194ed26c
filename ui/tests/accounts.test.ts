// The freshness of accounts, and the request of the form that adds one.
import { describe, expect, it } from "vitest";
import { profilesOf, readForm, suggestedName } from "$lib/accounts/form";
import { failedGroups, health, isOffline, oldest } from "$lib/accounts/freshness";
import { accountSummary } from "$lib/accounts/summary-line";
import type { Failure } from "$lib/ipc/types";
import { account, scope } from "./samples";

const NOW = Date.parse("2026-03-01T12:00:40Z");
const down: Failure = { code: "unavailable", message: "connection refused" };
const denied: Failure = { code: "permission_denied", message: "no" };
const old = "2026-03-01T09:00:00Z";

describe("failed scopes", () => {
  it("are grouped by account and reason, with the age of the oldest", () => {
    const lab = account({
      scopes: [
        scope("eu-west-1"),
        scope("us-east-1", { failure: down, as_of: old }),
        scope("us-west-2", { failure: down }),
        scope("me-south-1", { failure: denied, as_of: null }),
      ],
    });
    const groups = failedGroups([lab]);
    expect(groups.map(({ code, scopes, whole, oldest }) => [code, scopes.length, whole, oldest])).toEqual([
      ["unavailable", 2, false, old],
      ["permission_denied", 1, false, null],
    ]);
  });

  it("are none of an account that is well; an account that cannot sign in counts without scopes", () => {
    expect(failedGroups([account({ scopes: [scope("eu-west-1")] })])).toEqual([]);
    const groups = failedGroups([account({ sign_in: { type: "failed", failure: denied } })]);
    expect(groups.map(({ code }) => code)).toEqual(["permission_denied"]);
  });
});

describe("offline", () => {
  const unreachable = account({ scopes: [scope("a", { failure: down }), scope("b", { failure: down })] });

  it("is when no scope could be reached", () => {
    expect(isOffline([unreachable])).toBe(true);
    expect(isOffline([unreachable, account({ scopes: [scope("a")] })])).toBe(false);
    expect(isOffline([account({ scopes: [scope("a", { failure: denied })] })])).toBe(false);
    expect(isOffline([])).toBe(false);
  });

  it("is not prevented by the demo cloud, which needs no network", () => {
    expect(isOffline([unreachable, account({ provider: "demo", scopes: [scope("a")] })])).toBe(true);
  });
});

describe("an account's health", () => {
  it.each([
    ["unknown", []],
    ["unknown", [scope("a", { as_of: null })]],
    ["ok", [scope("a")]],
    ["partial", [scope("a"), scope("b", { failure: down })]],
    ["failed", [scope("a", { failure: down })]],
  ])("is %s", (expected, scopes) => {
    expect(health(account({ scopes }))).toBe(expected);
  });

  it("is one line", () => {
    const line = (change: Parameters<typeof account>[0]) => accountSummary(account(change), NOW);
    expect(line({ scopes: [scope("a"), scope("b")] })).toBe("AWS · 2 regions · 40 s ago");
    expect(line({ scopes: [scope("a"), scope("b", { failure: denied })] })).toBe(
      "AWS · b: permission denied",
    );
    const two = [scope("a"), scope("b", { failure: down }), scope("c", { failure: down })];
    expect(line({ scopes: two })).toBe("AWS · 2 of 3 regions: unreachable");
    expect(line({ scopes: [...two, scope("d", { failure: denied })] })).toBe("AWS · 3 of 4 regions failed");
    expect(line({ scopes: [scope("a", { failure: down, as_of: old })] })).toBe("AWS · unreachable · 3 h ago");
    expect(line({ progress: { done: 3, total: 17, rows: 0 } })).toBe("AWS · syncing 3/17");
    expect(line({})).toBe("AWS · not read yet");
  });

  it("is as old as its oldest scope, and of no age when one was never listed", () => {
    expect(oldest([scope("a"), scope("b", { as_of: old })])).toBe(old);
    expect(oldest([scope("a"), scope("b", { as_of: null })])).toBeNull();
    expect(oldest([])).toBeNull();
  });
});

describe("the form", () => {
  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    return data;
  };

  it("is read-only and of the cloud's own endpoint unless it says otherwise", () => {
    const request = readForm(
      "aws",
      "keys",
      form({ name: " lab ", access_key_id: "AK", secret_access_key: " s/k " }),
    );
    expect(request).toEqual({
      provider: "aws",
      name: "lab",
      project: null,
      credentials: { type: "keys", access_key_id: "AK", secret_access_key: "s/k", session_token: null },
      endpoint: null,
      regions: [],
      access: "read_only",
      prod: false,
    });
  });

  it("reads what was chosen, and no credentials of another way", () => {
    const request = readForm(
      "aws",
      "profile",
      form({
        name: "dev",
        profile: "dev",
        secret_access_key: "left over",
        regions: "eu-west-1, us-east-1  us-west-2,",
        read_write: "on",
        prod: "on",
        endpoint: "http://127.0.0.1:5000",
      }),
    );
    expect(request).toMatchObject({
      credentials: { type: "profile", profile: "dev" },
      regions: ["eu-west-1", "us-east-1", "us-west-2"],
      access: "read_write",
      prod: true,
      endpoint: "http://127.0.0.1:5000",
    });
    expect(JSON.stringify(request)).not.toContain("left over");
  });

  it("offers the profiles that were found", () => {
    const found = [
      { provider: "aws", source: { type: "environment" }, project: null, region: null, added: false },
      {
        provider: "aws",
        source: { type: "profile", profile: "dev" },
        project: null,
        region: "eu-west-1",
        added: true,
      },
    ] as const;
    expect(profilesOf(found)).toEqual([{ profile: "dev", region: "eu-west-1", added: true }]);
    expect([suggestedName(null), suggestedName("default"), suggestedName("dev")]).toEqual(["", "", "dev"]);
  });
});
