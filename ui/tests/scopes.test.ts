// The scopes of an account with very many: what is wrong first, alike things in one line.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import AccountCard from "$components/accounts/AccountCard.svelte";
import ScopeTable from "$components/accounts/ScopeTable.svelte";
import SyncErrorsBanner from "$components/shell/SyncErrorsBanner.svelte";
import { accounts } from "$lib/accounts/accounts.svelte";
import { problem } from "$lib/accounts/freshness";
import { accountSummary } from "$lib/accounts/summary-line";
import { scopeLines } from "$lib/accounts/scopes";
import type { Account, Failure, Scope } from "$lib/ipc/types";
import { host, settled } from "./host";
import { account, scope } from "./samples";

const NOW = Date.parse("2026-03-01T12:00:40Z");
const closed: Failure = { code: "not_enabled", message: "Compute Engine API has not been used in lab-1" };
const down: Failure = { code: "unavailable", message: "connection refused" };
const zones = (count: number, change: (at: number) => Partial<Scope> = () => ({ rows: 0 })): Scope[] =>
  Array.from({ length: count }, (_, at) => scope(`zone-${String(at).padStart(3, "0")}`, change(at)));
const google = (change: Partial<Account>) =>
  account({ provider: "gcp", project: "lab-1", realm: "lab-1", ...change });

let drawn: Record<string, unknown>[] = [];
beforeEach(() => accounts.denied.clear());
afterEach(async () => {
  for (const component of drawn) await unmount(component);
  drawn = [];
  document.body.replaceChildren();
});
const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid=${testid}]`)];
function draw(one: Account): void {
  drawn.push(mount(AccountCard, { target: document.body, props: { account: one } }));
  flushSync();
}

describe("the lines of scopes", () => {
  const shape = (scopes: Scope[], each = false) =>
    scopeLines(scopes, each).map((line) =>
      line.type === "one" ? line.scope.location : `${line.type} ${line.scopes.length}`,
    );

  it("are one each while there are few, what failed first", () => {
    expect(shape([scope("b"), scope("a"), scope("c", { failure: down })])).toEqual(["c", "a", "b"]);
  });

  it("of very many are what failed, then what has machines, the fullest first, then the rest in numbers", () => {
    const scopes = zones(130, (at) => ({
      rows: at === 7 ? 3 : at === 9 ? 40 : 0,
      failure: at < 2 ? down : null,
      as_of: at === 129 ? null : NOW_TEXT,
    }));
    expect(shape(scopes)).toEqual(["zone-000", "zone-001", "zone-009", "zone-007", "empty 125", "never 1"]);
    expect(shape(scopes, true)).toHaveLength(130);
  });

  it("share a line where many failed alike, however many there are", () => {
    const scopes = zones(130, (at) => ({ rows: 0, failure: at < 100 ? closed : at < 102 ? down : null }));
    expect(shape(scopes)).toEqual(["failed 100", "zone-100", "zone-101", "empty 28"]);
  });

  it("stay few when each zone has machines", () => {
    expect(shape(zones(130, () => ({ rows: 5 })))).toHaveLength(13);
  });
});
const NOW_TEXT = "2026-03-01T12:00:00Z";

it("show the numbers of those that share a line, and each on demand", () => {
  const scopes = zones(40, (at) => ({ rows: 0, failure: at < 30 ? closed : null }));
  drawn.push(mount(ScopeTable, { target: document.body, props: { account: google({ scopes }) } }));
  flushSync();
  expect(document.querySelector("th")?.textContent).toBe("Zone");
  const [failed, empty] = all("scope-group");
  expect(failed?.dataset).toMatchObject({ count: "30", code: "not_enabled", status: "failed" });
  expect(failed?.textContent).toContain("30 zones");
  expect(empty?.textContent).toContain("10 zones without machines");
  all("scopes-each")[0]?.click();
  flushSync();
  expect(all("scope")).toHaveLength(40);
});

describe("one reason for a whole account", () => {
  it("is said once, with what to do, and the scopes are folded away", () => {
    draw(google({ scopes: zones(130, () => ({ failure: closed })) }));
    const [box] = all("account-problem");
    expect(box?.dataset["code"]).toBe("not_enabled");
    expect(box?.textContent).toContain("Enable the API for the project");
    expect(document.body.textContent.split("Compute Engine API")).toHaveLength(2);
    expect(all("scopes")).toHaveLength(0);
  });

  it("is none while some scope is well, nor when the cloud is only out of reach", () => {
    expect(problem(google({ scopes: zones(3, (at) => ({ failure: at > 0 ? closed : null })) }))).toBeNull();
    expect(problem(google({ scopes: zones(3, () => ({ failure: down })) }))).toBeNull();
    expect(problem(google({ scopes: zones(3, () => ({ failure: closed })) }))?.code).toBe("not_enabled");
  });
});

describe("what could not be read", () => {
  const text = () => all("trouble-item")[0]?.textContent ?? "";
  const show = (scopes: Scope[]) => {
    accounts.list = [google({ scopes })];
    drawn.push(mount(SyncErrorsBanner, { target: document.body }));
    flushSync();
  };
  afterEach(() => {
    accounts.list = [];
  });

  it("is one line for all zones of a project, whole names or not", () => {
    show(zones(130, () => ({ failure: closed })));
    expect(all("trouble-item")).toHaveLength(1);
    expect(text()).toContain("all 130 zones");
    all("trouble-more")[0]?.click();
    flushSync();
    expect(text()).toContain("all 130 zones");
  });

  it("closes by a press beside it, not by one in it", () => {
    show(zones(130, () => ({ failure: down })));
    const press = (on: Element | undefined) =>
      on?.dispatchEvent(new MouseEvent("pointerdown", { bubbles: true }));
    const open = () => all("trouble-more")[0]?.getAttribute("aria-expanded");
    all("trouble-more")[0]?.click();
    flushSync();
    press(all("trouble-item")[0]);
    flushSync();
    expect(open()).toBe("true");
    press(document.body);
    flushSync();
    expect(open()).toBe("false");
  });

  it("names a bounded number of zones, even when each is asked for", () => {
    show(zones(130, (at) => ({ failure: at < 90 ? down : null })));
    expect(text()).toContain("zone-000, zone-001, zone-002 and 87 more");
    all("trouble-more")[0]?.click();
    flushSync();
    expect(text()).toContain("zone-019 and 70 more");
  });
});

describe("an account of Google Cloud", () => {
  it("counts zones, not regions", () => {
    const line = (change: Partial<Account>) => accountSummary(google(change), NOW);
    expect(line({ scopes: zones(31) })).toBe("GCP · 31 zones · 40 s ago");
    expect(line({ scopes: zones(31, (at) => ({ failure: at < 2 ? down : null })) })).toBe(
      "GCP · 2 of 31 zones: unreachable",
    );
  });

  it("shows its project, and where its key is", () => {
    draw(google({ source: { type: "sign_in" } }));
    expect(document.body.textContent).toContain("Project");
    expect(all("identity")[0]?.textContent).toContain("lab-1");
    expect(document.body.textContent).toContain("service account key in the keyring");
  });

  it("keeps what a verify found to be denied in sight", async () => {
    const one = google({});
    accounts.list = [one];
    host({
      verify_account: () => ({ realm: "lab-1", principal: "me", denied: ["stop", "suspend"] }),
      list_accounts: () => ({ accounts: [one] }),
    });
    draw(one);
    all("verify-account")[0]?.click();
    await settled();
    flushSync();
    expect(all("permissions")[0]?.textContent).toBe("cannot stop or suspend");
    expect(all("permissions")[0]?.dataset["denied"]).toBe("stop suspend");
    host({
      verify_account: () => ({ realm: "lab-1", principal: "me", denied: [] }),
      list_accounts: () => ({ accounts: [one] }),
    });
    all("verify-account")[0]?.click();
    await settled();
    flushSync();
    expect(all("permissions")).toHaveLength(0);
  });
});
