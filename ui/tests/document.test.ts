// The raw document: a listed part is shown at once, the whole one is read once per opening.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import DrawerRaw from "$components/inventory/DrawerRaw.svelte";
import { accounts } from "$lib/accounts/accounts.svelte";
import { details } from "$lib/inventory/details.svelte";
import type { Document, ResourceDetails } from "$lib/ipc/types";
import { type Answers, host, settled } from "./host";
import { account, row, scope } from "./samples";

const KEY = "gcp:lab-1:europe-west1:instance:1";
const part: Document = { json: '{"part":1}', as_of: "2026-03-01T12:00:00Z", whole: false };
const whole: Document = { json: '{"whole":1}', as_of: "2026-03-01T12:00:30Z", whole: true };
const shown = { row: row() } as unknown as ResourceDetails;
const no = () => {
  throw Object.assign(new Error("no"), { code: "failed", failure: "timed_out", message: "no reply" });
};

let drawn: Record<string, unknown> | null = null;
beforeEach(() => {
  details.close();
  details.tab = "overview";
  accounts.list = [account({ scopes: [scope("a")] })];
});
afterEach(async () => {
  if (drawn) await unmount(drawn);
  drawn = null;
  document.body.replaceChildren();
});
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid=${testid}]`);

async function open(answers: Answers) {
  const { asked } = host({ get_resource: () => shown, ...answers });
  details.open(KEY);
  details.choose("raw");
  await settled();
  drawn = mount(DrawerRaw, { target: document.body });
  flushSync();
  return () => asked.map(([command]) => command).filter((command) => command === "fetch_document").length;
}

describe("the raw document", () => {
  it("is the listed part at once, and the whole one as soon as it is there", async () => {
    let answer: (document: Document) => void = () => undefined;
    await open({
      get_document: () => part,
      fetch_document: () => new Promise((resolve) => (answer = resolve)),
    });
    expect(find("raw")?.textContent).toBe(part.json);
    expect(find("raw-age")?.dataset).toMatchObject({ whole: "false", asOf: part.as_of });
    expect(find("raw-part")?.textContent).toContain("Loading the full document");
    answer(whole);
    await settled();
    flushSync();
    expect(find("raw")?.textContent).toBe(whole.json);
    expect(find("raw-age")?.dataset).toMatchObject({ whole: "true", asOf: whole.as_of });
    expect(find("raw-part")).toBeNull();
  });

  it("is not read again by what changes meanwhile, and a newer part does not replace it", async () => {
    const fetched = await open({ get_document: () => part, fetch_document: () => whole });
    await details.refresh();
    await details.refresh();
    flushSync();
    expect(fetched()).toBe(1);
    expect(find("raw")?.textContent).toBe(whole.json);
    details.choose("overview");
    details.choose("raw");
    await settled();
    expect(fetched()).toBe(1);
  });

  it("that could not be read keeps the part, says why, and is tried again on demand only", async () => {
    let works = false;
    const fetched = await open({ get_document: () => part, fetch_document: () => (works ? whole : no()) });
    expect(find("raw")?.textContent).toBe(part.json);
    expect(find("raw-part")?.textContent).toContain("timed out");
    expect(find("raw-part")?.textContent).toContain("no reply");
    await details.refresh();
    expect(fetched()).toBe(1);
    works = true;
    find("raw-fetch")?.click();
    await settled();
    flushSync();
    expect(fetched()).toBe(2);
    expect(find("raw")?.textContent).toBe(whole.json);
  });

  it("is asked for anew when its tab is opened anew", async () => {
    const fetched = await open({ get_document: () => part, fetch_document: no });
    details.choose("activity");
    details.choose("raw");
    await settled();
    expect(fetched()).toBe(2);
  });

  it("is not asked for while nothing can be reached, but says so", async () => {
    accounts.list = [account({ scopes: [scope("a", { failure: { code: "unavailable", message: "" } })] })];
    const fetched = await open({ get_document: () => part, fetch_document: () => whole });
    expect(fetched()).toBe(0);
    expect(find("raw-part")?.textContent).toContain("Offline");
    expect(find("raw")?.textContent).toBe(part.json);
  });

  it("that is whole as it was listed asks for nothing", async () => {
    const fetched = await open({ get_document: () => whole, fetch_document: no });
    expect(fetched()).toBe(0);
    expect(find("raw-part")).toBeNull();
  });

  it("that comes after another resource was opened is not shown for it", async () => {
    let answer: (document: Document) => void = () => undefined;
    await open({
      get_document: ({ key }) => (key === KEY ? part : { ...whole, json: "the other" }),
      fetch_document: () => new Promise((resolve) => (answer = resolve)),
    });
    details.open("gcp:lab-1:europe-west1:instance:2");
    await settled();
    answer(whole);
    await settled();
    flushSync();
    expect(find("raw")?.textContent).toBe("the other");
    expect(details.fetching).toBe(false);
  });
});
