// Single components: untrusted texts as text, states with their words, errors at their place.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import OperationCard from "$components/activity/OperationCard.svelte";
import PlanDialog from "$components/actions/PlanDialog.svelte";
import PlanTarget from "$components/actions/PlanTarget.svelte";
import ActionBar from "$components/inventory/ActionBar.svelte";
import QueryBar from "$components/inventory/QueryBar.svelte";
import TableRow from "$components/inventory/TableRow.svelte";
import { layout } from "$lib/inventory/columns";
import { inventory } from "$lib/inventory/inventory.svelte";
import type { Action, Row } from "$lib/ipc/types";
import { planning } from "$lib/actions/planning.svelte";
import { host, settled } from "./host";
import { inventoryWindow, operation, plan, PLAIN, row, target } from "./samples";

let drawn: Record<string, unknown>[] = [];
beforeAll(() => {
  inventory.last = null;
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});
afterEach(async () => {
  for (const component of drawn) await unmount(component);
  drawn = [];
  document.body.replaceChildren();
});

function drawRow(change: Partial<Row>): HTMLElement {
  const props = {
    id: "row-0",
    index: 0,
    top: 56,
    layout: layout(4_000),
    row: row(change),
    held: false,
    cursor: false,
    glowing: false,
    onclick: () => undefined,
    oncheck: () => undefined,
    onopen: () => undefined,
  };
  drawn.push(mount(TableRow, { target: document.body, props }));
  flushSync();
  return document.body.querySelector<HTMLElement>("[data-testid=row]") as HTMLElement;
}

describe("a row", () => {
  it.each([
    "<img src=x onerror=window.__pwned=1>",
    "<script>window.__pwned=1</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)",
    "&lt;b&gt;",
  ])("shows %j as text", (name) => {
    const element = drawRow({ name, tags: { [name]: name } });
    expect(element.querySelector("[data-testid=name] bdi")?.textContent).toBe(name);
    expect(element.querySelector("img, script, a")).toBeNull();
  });

  it("writes deceptive characters out, and keeps names from reordering the line", () => {
    const element = drawRow({ name: "a\u202Egpj.exe" });
    expect(element.querySelector("bdi")?.textContent).toBe("a\\u{202e}gpj.exe");
  });

  it("shows the operator's own tags before those of the cloud", () => {
    const tags = {
      "aws:autoscaling:groupName": "g",
      Name: "x",
      alpha: "1",
      "goog-gke-node": "",
      team: "t",
      env: "e",
    };
    const names = [...drawRow({ tags }).querySelectorAll("[data-testid=tags] bdi.dim")].map(
      (one) => one.textContent,
    );
    expect(names).toEqual(["env", "team", "alpha", "aws:autoscaling:groupName", "goog-gke-node"]);
  });

  it("shows the id where there is no name", () => {
    expect(drawRow({ name: "" }).querySelector("[data-testid=name]")?.textContent).toBe("i-0a41");
  });

  it("carries its key, its position and its state with the provider's word", () => {
    const element = drawRow({ state: "stopping", raw_state: "stopping", pending: "stop" });
    expect(element.dataset).toMatchObject({ key: row().key, index: "0" });
    expect(element.getAttribute("aria-rowindex")).toBe("2");
    const state = element.querySelector<HTMLElement>("[data-testid=state]");
    expect(state?.dataset).toMatchObject({ state: "stopping", raw: "stopping", pending: "stop" });
    expect(state?.textContent.trim()).toBe("Stopping");
    expect(state?.querySelector(".moving")).not.toBeNull();
  });

  it("shows a reboot as pending, not as running", () => {
    const state = drawRow({ pending: "reboot" }).querySelector("[data-testid=state]");
    expect(state?.textContent.trim()).toBe("Reboot asked");
  });

  it("shows a zone whole where there is room, and its end where there is none", () => {
    const region = drawRow({ region: "northamerica-northeast1", zone: "northamerica-northeast1-a" });
    const cell = region.querySelector<HTMLElement>("[data-testid=zone]");
    expect(cell?.title).toBe("northamerica-northeast1-a");
    expect([...(cell?.children ?? [])].map((part) => part.textContent)).toEqual([
      "northamerica-northeast1",
      "-a",
    ]);
    expect(cell?.querySelector(".cut")?.textContent).toBe("northamerica-northeast1");
  });

  it("names what is cut off in full on hovering", () => {
    const name = "x".repeat(63);
    const cell = drawRow({ name, id: "5813414572300000197" }).querySelector<HTMLElement>(
      "[data-testid=name]",
    );
    expect(cell?.title).toBe(`${name} 5813414572300000197`);
  });

  it("says why it is stale", () => {
    const error = { code: "timed_out", message: "DescribeInstances timed out" } as const;
    const cell = drawRow({ stale: true, error }).querySelector<HTMLElement>("[data-testid=as-of]");
    expect(cell?.dataset["stale"]).toBe("true");
    expect(cell?.title).toContain("timed out");
    expect(cell?.querySelector("svg")).not.toBeNull();
  });
});

describe("the query bar", () => {
  it("marks what is not understood, where it stands", () => {
    inventory.query = "名前 stat:running";
    const error = { code: "unknown_key", start: 3, end: 7, word: "stat" } as const;
    inventory.last = inventoryWindow([], { error });
    drawn.push(mount(QueryBar, { target: document.body, props: { onleave: () => undefined } }));
    flushSync();
    const alert = document.querySelector<HTMLElement>("[data-testid=query-error]");
    expect(alert?.querySelector("mark")?.textContent).toBe("stat");
    expect(alert?.textContent).toContain("There is no key “stat”");
    expect(alert?.dataset["code"]).toBe("unknown_key");
    expect(document.querySelector("[data-testid=query]")?.getAttribute("aria-invalid")).toBe("true");
  });

  it("says nothing when all is understood", () => {
    inventory.last = inventoryWindow([]);
    drawn.push(mount(QueryBar, { target: document.body, props: { onleave: () => undefined } }));
    flushSync();
    expect(document.querySelector("[data-testid=query-error]")?.textContent.trim()).toBe("");
  });
});

describe("a target of a plan", () => {
  it("always shows the id beside the name, with its reason and warnings", () => {
    const refused = target({
      name: "web<b>",
      verdict: "refused",
      refusal: { code: "state", state: "terminated" },
      warnings: [
        { code: "group_member", group: "asg-\u200Bweb" },
        { code: "public_ip_lost", ip: "54.1.2.3" },
      ],
    });
    drawn.push(mount(PlanTarget, { target: document.body, props: { target: refused } }));
    flushSync();
    const text = document.body.textContent;
    expect(text).toContain("web<b>");
    expect(text).toContain("i-0a41");
    expect(text).toContain("Not possible while it is Terminated.");
    expect(text).toContain("asg-\\u{200b}web");
    expect(text).toContain("54.1.2.3");
    expect(document.querySelector<HTMLElement>("[data-testid=plan-target]")?.dataset).toMatchObject({
      verdict: "refused",
      reason: "state",
      warnings: "group_member public_ip_lost",
    });
  });
});

describe("the plan", () => {
  const draw = async (answers: Parameters<typeof host>[0]) => {
    const seen = host(answers);
    await planning.begin("stop", { type: "keys", keys: [row().key] });
    drawn.push(mount(PlanDialog, { target: document.body }));
    flushSync();
    return seen;
  };
  const discard = () => document.querySelector<HTMLElement>("[data-testid=plan-discard]");
  afterEach(() => planning.close());

  it("offers to discard local disks only where that is a question", async () => {
    await draw({ plan_action: () => plan() });
    expect(discard()).toBeNull();
  });

  it("says that their contents are lost, plans anew, and keeps the focus off its button", async () => {
    const refused = target({ verdict: "refused", refusal: { code: "local_disks" }, zone: "europe-west1-b" });
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const { asked } = await draw({
      plan_action: ({ options }) =>
        options.discard_local_disks
          ? plan({ options, asks_discard: true, expires_at })
          : plan({ targets: [refused], asks_discard: true }),
    });
    expect(discard()?.getAttribute("aria-checked")).toBe("false");
    const hint = document.getElementById(discard()?.getAttribute("aria-describedby") ?? "");
    expect(hint?.textContent).toContain("lost for good");
    expect(document.querySelector("[data-testid=plan-target]")?.textContent).toContain("europe-west1-b");
    expect(document.querySelector("[data-testid=plan-confirm]")).toBeNull();
    discard()?.focus();
    discard()?.click();
    flushSync();
    // While it is planned anew the switch stays where the focus is, and a second click is none.
    expect(planning.phase).toBe("planning");
    expect(discard()?.matches(":disabled")).toBe(false);
    discard()?.click();
    await settled();
    flushSync();
    await settled();
    expect(asked).toHaveLength(2);
    expect(asked.at(-1)?.[1]).toMatchObject({ options: { discard_local_disks: true } });
    expect(discard()?.getAttribute("aria-checked")).toBe("true");
    expect(document.querySelector("[data-testid=plan-confirm]")).not.toBeNull();
    expect(document.activeElement).toBe(discard());
  });
});

describe("the action bar", () => {
  it("keeps a slot per action, and takes clicks for those that apply", () => {
    const offer = (action: Action, eligible: number) => ({
      action,
      eligible,
      total: 5,
      asks: eligible > 1 || (action !== "start" && action !== "resume"),
    });
    const actions = [offer("start", 0), offer("stop", 5), offer("suspend", 2), offer("resume", 1)];
    inventory.last = inventoryWindow([], { selection: { count: 5, hidden: 0, most: 1_000, actions } });
    const onleave = vi.fn();
    drawn.push(mount(ActionBar, { target: document.body, props: { narrow: false, onleave } }));
    flushSync();
    const buttons = () => [...document.querySelectorAll<HTMLButtonElement>("[data-testid^=act-]")];
    const enabled = () => buttons().filter((one) => !one.disabled);
    const places = buttons().map((one) => one.dataset["testid"]);
    expect(enabled().map((one) => one.textContent.trim())).toEqual([
      "Stop 5…",
      "Suspend 2 of 5…",
      "Resume 1 of 5",
    ]);
    const later = [offer("start", 5), offer("stop", 0), offer("suspend", 0), offer("resume", 0)];
    inventory.last = inventoryWindow([], { selection: { count: 5, hidden: 0, most: 1_000, actions: later } });
    flushSync();
    expect(buttons().map((one) => one.dataset["testid"])).toEqual(places);
    expect(enabled().map((one) => one.textContent.trim())).toEqual(["Start 5…"]);
    expect(new Set(buttons().map((one) => one.className)).size).toBe(1);
    document.querySelector<HTMLElement>("[data-testid=clear-selection]")?.click();
    expect(onleave).toHaveBeenCalledOnce();
    inventory.last = null;
  });

  const bar = (count: number, asks: boolean) => {
    const actions = [{ action: "start" as const, eligible: 1, total: count, asks }];
    inventory.last = inventoryWindow([], { selection: { count, hidden: 0, most: 1_000, actions } });
    drawn.push(mount(ActionBar, { target: document.body, props: { narrow: false, onleave: vi.fn() } }));
    flushSync();
    return document.querySelector<HTMLButtonElement>("[data-testid=act-start]");
  };

  it("says with dots that starting one instance in production asks first", () => {
    expect(bar(1, false)?.textContent.trim()).toBe("Start 1");
    drawn.splice(0).forEach((one) => void unmount(one));
    expect(bar(1, true)?.textContent.trim()).toBe("Start 1…");
    inventory.last = null;
  });

  it("offers no action for more rows than a plan takes, and says how many that is", () => {
    expect(bar(1_001, true)?.disabled).toBe(true);
    expect(document.querySelector("[data-testid=too-many]")?.textContent).toContain("1,000");
    drawn.splice(0).forEach((one) => void unmount(one));
    expect(bar(1_000, true)?.disabled).toBe(false);
    inventory.last = null;
  });
});

describe("an operation", () => {
  it("of more targets than came along says how many more there are, and is taken back whole", async () => {
    const { asked } = host({ plan_action: () => plan() });
    const shown = operation(Array.from({ length: 6 }, () => ({})));
    const counts = { ...shown.counts, total: 1000, done: 1000 };
    drawn.push(mount(OperationCard, { target: document.body, props: { operation: { ...shown, counts } } }));
    flushSync();
    expect(document.querySelectorAll("[data-testid=operation-target]")).toHaveLength(5);
    expect(document.querySelector("h3")?.textContent).toContain("1000");
    document.querySelector<HTMLElement>(".link")?.click();
    flushSync();
    expect(document.querySelectorAll("[data-testid=operation-target]")).toHaveLength(6);
    expect(document.body.textContent).toContain("and 994 more");
    document.querySelector<HTMLElement>("[data-testid=undo]")?.click();
    await settled();
    const back = { type: "operation", operation_id: shown.id };
    expect(asked).toEqual([["plan_action", { action: "start", target: back, options: PLAIN }]]);
    planning.close();
  });
});
