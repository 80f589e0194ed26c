// The dialog that adds accounts, as it is used: against the stand-in, by clicks and keys.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import AddAccountDialog from "$components/accounts/AddAccountDialog.svelte";
import FoundList from "$components/accounts/FoundList.svelte";
import { accounts } from "$lib/accounts/accounts.svelte";
import type { Start } from "$lib/accounts/form";
import { fakeHost } from "$lib/ipc/fake/host";
import type { Host } from "$lib/ipc/contract";
import { useHost } from "$lib/ipc/host";
import { screens } from "$lib/shell/screens.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import { settled } from "./host";

let drawn: Record<string, unknown>[] = [];
let asked: [string, unknown][] = [];
beforeAll(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});
beforeEach(async () => {
  const fake = fakeHost(new URLSearchParams("state=empty"));
  asked = [];
  const spy: Host = {
    ...fake,
    invoke: (command, request) => {
      asked.push([command, structuredClone(request)]);
      return fake.invoke(command, request);
    },
  };
  useHost(spy);
  toasts.list = [];
  await accounts.load();
  await accounts.look();
});
afterEach(async () => {
  for (const component of drawn) await unmount(component);
  drawn = [];
  document.body.replaceChildren();
  screens.adding = null;
});

const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
const one = (testid: string) => all(testid)[0] as HTMLElement;
const input = (testid: string) => one(testid) as HTMLInputElement;
async function click(testid: string): Promise<void> {
  const element = one(testid);
  (element.querySelector("input") ?? element).click();
  await settled();
  flushSync();
}
async function type(testid: string, text: string): Promise<void> {
  input(testid).value = text;
  input(testid).dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  flushSync();
}
function open(change: Partial<Start> = {}): void {
  const from: Start = { cloud: "aws", way: null, profile: null, project: null, ...change };
  screens.adding = from;
  drawn.push(mount(AddAccountDialog, { target: document.body, props: { from } }));
  flushSync();
}
const sent = (command: string) => asked.filter(([name]) => name === command).map(([, request]) => request);

describe("the dialog", () => {
  it("begins with the cloud, then its ways, and asks for no project where there are none", async () => {
    open();
    expect(one("add-key-id")).toBeDefined();
    expect(all("find-projects")).toHaveLength(0);
    await click("add-cloud-gcp");
    expect(all("add-key-id")).toHaveLength(0);
    const ways = [...document.querySelectorAll<HTMLElement>("[data-testid^=add-way-]")].map(
      ({ dataset }) => dataset["testid"],
    );
    expect(ways).toEqual(["add-way-application_default", "add-way-key_file", "add-way-variable"]);
    expect(one("add-application-default").dataset["found"]).toBe("true");
    await click("add-way-key_file");
    expect(input("add-key-file").type).toBe("text");
    await click("add-way-variable");
    expect(input("add-variable").required).toBe(true);
  });

  it("says where the key of a file goes, and holds no field for the key itself", async () => {
    open({ cloud: "gcp", way: "key_file" });
    const hint = document.getElementById(input("add-key-file").getAttribute("aria-describedby") ?? "");
    expect(hint?.textContent).toContain("keyring");
    expect(hint?.textContent).toContain("deleted");
    expect(document.querySelectorAll("input[type=password], input[type=file], textarea")).toHaveLength(0);
  });

  it("warns that a token goes to another endpoint, where there is one", async () => {
    open({ cloud: "gcp", way: "variable" });
    input("add-custom-endpoint").click();
    flushSync();
    expect(document.body.textContent).toContain("the access token in them");
  });

  it("finds nothing before it is said whose projects", async () => {
    open({ cloud: "gcp", way: "key_file" });
    await click("find-projects");
    expect(sent("find_projects")).toEqual([]);
    await type("add-key-file", "~/key.json");
    await click("find-projects");
    expect(all("project")).toHaveLength(12);
    await type("add-key-file", "~/other.json");
    expect(all("project")).toHaveLength(0);
  });

  it("forgets the projects that another endpoint has shown, when it is taken away", async () => {
    open({ cloud: "gcp", way: "application_default" });
    input("add-custom-endpoint").click();
    flushSync();
    await type("add-endpoint", "http://127.0.0.1:9");
    await click("find-projects");
    expect(sent("find_projects")).toMatchObject([{ endpoint: "http://127.0.0.1:9" }]);
    expect(all("project")).toHaveLength(12);
    input("add-custom-endpoint").click();
    flushSync();
    expect(all("project")).toHaveLength(0);
  });

  it("names an account after its only project, unless it is named", async () => {
    open({ cloud: "gcp", way: "application_default" });
    await type("add-project", "proj-7");
    expect(input("add-name").value).toBe("proj-7");
    await type("add-name", "lab");
    await type("add-project", "proj-8");
    expect(input("add-name").value).toBe("lab");
    await click("add-submit");
    expect(sent("add_account")).toMatchObject([{ name: "lab", project: "proj-8", access: "read_only" }]);
    expect(screens.adding).toBeNull();
  });

  it("shows each project by id and name, and moves among them by the arrows", async () => {
    open({ cloud: "gcp", way: "application_default" });
    await click("find-projects");
    const boxes = () => all("project-check") as HTMLInputElement[];
    expect(boxes().filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
    expect(all("project")[1]?.textContent).toContain("acme-data-lake");
    expect(all("project")[1]?.textContent).toContain("Data lake");
    boxes()[0]?.focus();
    const press = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("ArrowDown");
    expect(document.activeElement).toBe(boxes()[1]);
    press("End");
    flushSync();
    expect(document.activeElement).toBe(boxes().at(-1));
    expect(boxes().filter(({ tabIndex }) => tabIndex === 0)).toEqual([boxes().at(-1)]);
    press("ArrowDown");
    press("Home");
    expect(document.activeElement).toBe(boxes()[0]);
  });

  it("filters many, and Enter in the filter adds nothing", async () => {
    open({ cloud: "gcp", way: "application_default" });
    await click("find-projects");
    await type("project-filter", "payments");
    expect(all("project").map(({ dataset }) => dataset["project"])).toEqual([
      "acme-payments-prod",
      "acme-payments-staging",
    ]);
    const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    input("project-filter").dispatchEvent(enter);
    expect(enter.defaultPrevented).toBe(true);
  });

  it("adds several at once; says which failed and why, keeps those, and marks the others", async () => {
    open({ cloud: "gcp", way: "application_default" });
    await type("add-project", "");
    await click("find-projects");
    await click("projects-all");
    expect(all("add-name")).toHaveLength(0);
    expect(one("add-submit").textContent).toContain("12 projects");
    await click("add-submit");
    expect(sent("add_projects")).toMatchObject([{ access: "read_only", prod: false, endpoint: null }]);
    expect(screens.adding).not.toBeNull();
    expect(one("add-failures").dataset["count"]).toBe("1");
    expect(one("add-failure").dataset).toMatchObject({ project: "no-compute-api-here", code: "not_enabled" });
    expect(one("add-failures").textContent).toContain("1 of 12 projects were not added");
    expect(one("add-failures").textContent).toContain("Enable the API for the project");
    const checked = (all("project-check") as HTMLInputElement[]).filter(({ checked }) => checked);
    expect(checked.map(({ dataset }) => dataset["project"])).toEqual(["no-compute-api-here"]);
    expect(all("project").filter(({ dataset }) => dataset["added"] === "true")).toHaveLength(11);
    expect((all("project-check")[0] as HTMLInputElement).disabled).toBe(true);
  });
});

describe("what was found on this machine", () => {
  it("is named by its cloud and leads to the form in one click, filled in", async () => {
    drawn.push(mount(FoundList, { target: document.body }));
    await settled();
    flushSync();
    const names = [...document.querySelectorAll("li bdi")].map((name) => name.textContent);
    expect(names).toContain("Google Cloud: application default credentials · project acme-sandbox-417");
    expect(names).toContain("AWS: profile default · eu-west-1");
    expect(names).toHaveLength(4);
    all("add-found")[1]?.click();
    expect(screens.adding).toEqual({
      cloud: "gcp",
      way: "application_default",
      profile: null,
      project: "acme-sandbox-417",
    });
  });

  it("is one line above the accounts, the single sources first", async () => {
    drawn.push(mount(FoundList, { target: document.body, props: { brief: true } }));
    await settled();
    flushSync();
    expect(all("add-found").map((button) => button.textContent.trim())).toEqual([
      "AWS: environment variables · eu-west-1",
      "Google Cloud: application default credentials · project acme-sandbox-417",
    ]);
    expect(one("found-more").textContent).toContain("2 more");
  });
});
