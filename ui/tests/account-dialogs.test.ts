// The dialogs about accounts: the keyring before a key is typed, validation, guards, name and regions.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import AccountDialogs from "$components/accounts/AccountDialogs.svelte";
import AccountFacts from "$components/accounts/AccountFacts.svelte";
import { accounts } from "$lib/accounts/accounts.svelte";
import { accountDialogs } from "$lib/accounts/dialogs.svelte";
import { badRegion } from "$lib/accounts/form";
import { KeyringCheck } from "$lib/accounts/keyring-check.svelte";
import type { Failure, FoundAccount } from "$lib/ipc/types";
import { screens } from "$lib/shell/screens.svelte";
import { toasts } from "$lib/shell/toasts.svelte";
import { type Answers, host, settled } from "./host";
import { account } from "./samples";

const absent: Failure = { code: "keyring_unavailable", message: "no service of that name" };
const locked: Failure = { code: "keyring_locked", message: "it is locked" };
const usable = { check_keyring: () => ({ failure: null }) };
const synced = { elapsed_ms: 0, requests: 0, bytes_in: 0, resources: 0, changed: 0, scopes: [] };
const profile = (name: string): FoundAccount => ({
  provider: "aws",
  source: { type: "profile", profile: name },
  project: null,
  region: null,
  added: false,
});

let drawn: Record<string, unknown>[] = [];
beforeAll(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});
beforeEach(() => {
  accounts.found = [];
  accounts.list = [];
  accounts.busy.clear();
  toasts.list = [];
});
afterEach(async () => {
  screens.adding = null;
  accountDialogs.close();
  for (const component of drawn) await unmount(component);
  drawn = [];
  document.body.replaceChildren();
});

const see = <E extends HTMLElement>(id: string): E | null =>
  document.querySelector<E>(`[data-testid="${id}"]`);
function get<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = see<E>(id);
  if (!element) throw new Error(`there is no ${id}`);
  return element;
}
const submits = () => get<HTMLButtonElement>("add-submit");

async function click(id: string): Promise<void> {
  get(id).click();
  await settled();
  flushSync();
}
function type(id: string, text: string): void {
  const input = get<HTMLInputElement>(id);
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}
async function submit(): Promise<void> {
  document.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  await settled();
  flushSync();
}
/** The error below the field, which names it as its description; empty when there is none. */
function errorOf(id: string): string {
  const input = get(id);
  if (input.getAttribute("aria-invalid") !== "true") return "";
  return document.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent.trim() ?? "";
}

async function open(answers: Answers, way: "keys" | "profile" | "key_file" = "keys") {
  const { asked } = host({ find_accounts: () => ({ found: accounts.found }), ...answers });
  screens.addAccount({ cloud: way === "key_file" ? "gcp" : "aws", way, profile: null, project: null });
  drawn.push(mount(AccountDialogs, { target: document.body }));
  flushSync();
  await settled();
  flushSync();
  return asked;
}

describe("without a usable keyring", () => {
  it.each(["keys", "key_file"] as const)("adding by %s says so before anything is typed", async (way) => {
    await open({ check_keyring: () => ({ failure: absent }) }, way);
    expect(get("keyring-problem").dataset["code"]).toBe("keyring_unavailable");
    expect(get("keyring-problem").textContent).toContain("Start a Secret Service");
    expect(submits().disabled).toBe(true);
    expect(document.getElementById(submits().getAttribute("aria-describedby") ?? "")?.textContent).toContain(
      "no service of that name",
    );
  });

  it("no key is sent, and other credentials can be used", async () => {
    const asked = await open({ check_keyring: () => ({ failure: absent }) });
    type("add-name", "lab");
    type("add-key-id", "AKIA");
    type("add-secret", "wJal");
    await submit();
    expect(asked.map(([command]) => command)).not.toContain("add_account");
    document.querySelector<HTMLInputElement>('[data-testid="add-way-profile"] input')?.click();
    flushSync();
    expect(see("keyring-problem")).toBeNull();
    expect(submits().disabled).toBe(false);
  });

  it("a second check may prompt, and then allows the key", async () => {
    let failure: Failure | null = locked;
    const asked = await open({ check_keyring: () => ({ failure }) });
    expect(get("keyring-again").textContent.trim()).toBe("Unlock…");
    type("add-secret", "wJal");
    failure = null;
    await click("keyring-again");
    const checks = asked.filter(([command]) => command === "check_keyring");
    expect(checks.map(([, request]) => request)).toEqual([{ prompt: false }, { prompt: true }]);
    expect(see("keyring-problem")).toBeNull();
    expect(submits().disabled).toBe(false);
    expect(get<HTMLInputElement>("add-secret").value).toBe("wJal");
  });

  it("credentials kept elsewhere are not held up by a check", async () => {
    const asked = await open({}, "profile");
    expect(asked.map(([command]) => command)).toEqual(["find_accounts"]);
    expect(submits().disabled).toBe(false);
  });

  it("only the last check counts", async () => {
    const answers: ((failure: Failure | null) => void)[] = [];
    host({ check_keyring: () => new Promise((done) => answers.push((failure) => done({ failure }))) });
    const check = new KeyringCheck();
    void check.check(false);
    void check.check(true);
    await settled();
    answers[1]?.(null);
    answers[0]?.(absent);
    await settled();
    expect([check.failure, check.checking]).toEqual([null, false]);
  });
});

describe("the form that adds an account", () => {
  it("keeps a refused key until the dialog closes", async () => {
    await open({
      ...usable,
      add_account: () => {
        throw Object.assign(new Error("no"), { code: "failed", failure: "unauthenticated" });
      },
    });
    type("add-name", "lab");
    type("add-key-id", "AKIA");
    type("add-secret", "wJal");
    const secret = get<HTMLInputElement>("add-secret");
    await submit();
    expect(get("add-error").dataset["code"]).toBe("unauthenticated");
    expect(get<HTMLInputElement>("add-key-id").value).toBe("AKIA");
    expect(secret.value).toBe("wJal");
    await click("add-cancel");
    expect(see("add-account")).toBeNull();
    expect(secret.value).toBe("");
  });

  it("shows the access key id and masks the secrets", async () => {
    await open(usable);
    const types = ["add-key-id", "add-secret", "add-session-token"].map(
      (id) => get<HTMLInputElement>(id).type,
    );
    expect(types).toEqual(["text", "password", "password"]);
  });

  it("marks each missing field and sends nothing", async () => {
    const asked = await open(usable);
    expect(document.querySelector("form")?.noValidate).toBe(true);
    type("add-name", "   ");
    await submit();
    expect(asked.map(([command]) => command)).not.toContain("add_account");
    expect(["add-name", "add-key-id", "add-secret", "add-session-token"].map(errorOf)).toEqual([
      "Fill in this field.",
      "Fill in this field.",
      "Fill in this field.",
      "",
    ]);
    expect(document.activeElement).toBe(get("add-name"));
    type("add-name", "lab");
    expect(errorOf("add-name")).toBe("");
  });

  it("shows a taken name at its field until it changes", async () => {
    await open({
      ...usable,
      add_account: () => {
        throw Object.assign(new Error("no"), { code: "name_taken" });
      },
    });
    type("add-name", "lab");
    type("add-key-id", "AKIA");
    type("add-secret", "wJal");
    await submit();
    expect(errorOf("add-name")).toBe("account name already in use. Choose another name.");
    expect(see("add-error")).toBeNull();
    expect(document.activeElement).toBe(get("add-name"));
    type("add-name", "lab-2");
    expect(errorOf("add-name")).toBe("");
  });

  it("fills an empty name from the profile, never a typed one", async () => {
    accounts.found = [profile("default"), profile("dev"), profile("ops")];
    await open({}, "profile");
    const choose = (name: string) => {
      get<HTMLSelectElement>("add-profile").value = name;
      get("add-profile").dispatchEvent(new Event("change", { bubbles: true }));
      flushSync();
      return get<HTMLInputElement>("add-name").value;
    };
    expect(get<HTMLInputElement>("add-name").value).toBe("");
    expect(choose("dev")).toBe("dev");
    type("add-name", "mine");
    expect(choose("ops")).toBe("mine");
    type("add-name", "");
    expect(choose("dev")).toBe("dev");
  });

  it("refuses what cannot be a region", () => {
    expect([badRegion("eu-west-1, us-gov-east-1 RegionOne"), badRegion("")]).toEqual([null, null]);
    expect(badRegion("eu-west-1, (Ireland)")).toBe("(Ireland)");
  });
});

describe("the protection of an account", () => {
  function facts(change: Parameters<typeof account>[0]) {
    const answers = { update_account: () => account(), list_accounts: () => ({ accounts: [] }) };
    const { asked } = host(answers);
    drawn.push(mount(AccountDialogs, { target: document.body }));
    drawn.push(
      mount(AccountFacts, { target: document.body, props: { account: account(change), busy: false } }),
    );
    flushSync();
    return asked;
  }
  const none = {
    account: account().id,
    name: null,
    access: null,
    prod: null,
    regions: null,
    credentials: null,
  };

  it.each([
    ["switch-read-write", { access: "read_only" }, { access: "read_write" }, "start, stop, reboot"],
    ["switch-prod", { prod: true }, { prod: false }, "typed confirmation"],
  ] as const)("is lowered by %s only after a confirmation", async (id, from, change, words) => {
    const asked = facts(from);
    await click(id);
    expect(get("lower").textContent).toContain(words);
    expect(get("lower-cancel").autofocus || document.activeElement === get("lower-cancel")).toBe(true);
    await click("lower-cancel");
    expect([see("lower"), asked]).toEqual([null, []]);
    await click(id);
    await click("lower-confirm");
    expect(asked[0]).toEqual(["update_account", { ...none, ...change }]);
  });

  it.each([
    ["switch-read-write", { access: "read_write" }, { access: "read_only" }],
    ["switch-prod", { prod: false }, { prod: true }],
  ] as const)("is raised by %s at once", async (id, from, change) => {
    const asked = facts(from);
    await click(id);
    expect(see("lower")).toBeNull();
    expect(asked[0]).toEqual(["update_account", { ...none, ...change }]);
  });

  it("stays when Enter answers a removal", async () => {
    const asked = facts({});
    accountDialogs.remove(account());
    flushSync();
    expect(document.activeElement).toBe(get("remove-cancel"));
    await click("remove-cancel");
    expect([see("remove"), asked]).toEqual([null, []]);
  });
});

describe("editing an account", () => {
  const lab = account({ name: "lab", regions: ["eu-west-1"] });
  async function edit(answers: Answers) {
    const { asked } = host({
      list_accounts: () => ({ accounts: [] }),
      sync_now: () => synced,
      update_account: () => lab,
      ...answers,
    });
    accountDialogs.edit(lab);
    drawn.push(mount(AccountDialogs, { target: document.body }));
    flushSync();
    await settled();
    return asked;
  }

  it("sends what differs, and reads new regions at once", async () => {
    const asked = await edit({});
    expect(get<HTMLInputElement>("edit-name").value).toBe("lab");
    expect(get<HTMLInputElement>("edit-regions").value).toBe("eu-west-1");
    type("edit-regions", "eu-west-1 us-east-1");
    await submit();
    const { id } = lab;
    expect(asked[0]).toEqual([
      "update_account",
      {
        account: id,
        name: null,
        access: null,
        prod: null,
        regions: ["eu-west-1", "us-east-1"],
        credentials: null,
      },
    ]);
    expect(asked).toContainEqual(["sync_now", { accounts: [id] }]);
    expect(see("edit")).toBeNull();
  });

  it("sends an empty list for all regions, nothing without a change", async () => {
    const asked = await edit({});
    await submit();
    expect([asked, see("edit")]).toEqual([[], null]);
    accountDialogs.edit(lab);
    flushSync();
    type("edit-name", " dev ");
    type("edit-regions", "");
    await submit();
    expect(asked[0]?.[1]).toMatchObject({ name: "dev", regions: [] });
  });

  it("stays open with the error at its field", async () => {
    const asked = await edit({
      update_account: () => {
        throw Object.assign(new Error("no"), { code: "name_taken" });
      },
    });
    type("edit-name", "dev");
    type("edit-regions", "Europe (Ireland)");
    await submit();
    expect(asked).toEqual([]);
    expect(errorOf("edit-regions")).toContain("“(Ireland)” is not the name of a region");
    type("edit-regions", "eu-west-1");
    await submit();
    expect(errorOf("edit-name")).toBe("account name already in use. Choose another name.");
    expect(get<HTMLInputElement>("edit-name").value).toBe("dev");
    expect(see("edit-error")).toBeNull();
  });

  it("says below the fields what concerns none of them", async () => {
    await edit({
      update_account: () => {
        throw Object.assign(new Error("gone"), { code: "not_found" });
      },
    });
    type("edit-name", "dev");
    await submit();
    expect(get("edit-error").dataset["code"]).toBe("not_found");
  });
});
