// Adding accounts of one sign-in: whose projects they are, what is sent, what becomes of each.
import { beforeEach, describe, expect, it } from "vitest";
import { accounts } from "$lib/accounts/accounts.svelte";
import { Adding } from "$lib/accounts/adding.svelte";
import { startFrom, waysOf } from "$lib/accounts/form";
import { MOST, Projects } from "$lib/accounts/projects.svelte";
import type { FindProjectsRequest, FoundAccount, FoundProject } from "$lib/ipc/types";
import { toasts } from "$lib/shell/toasts.svelte";
import { host, settled } from "./host";
import { account } from "./samples";

const project = (id: string, change: Partial<FoundProject> = {}): FoundProject => ({
  project: id,
  name: `${id} (name)`,
  added: false,
  ...change,
});
const adc: FoundAccount = {
  provider: "gcp",
  source: { type: "application_default" },
  project: "proj-adc",
  region: null,
  added: false,
};
const find: FindProjectsRequest = {
  provider: "gcp",
  credentials: { type: "application_default" },
  endpoint: null,
};
const start = { cloud: "gcp", way: null, profile: null, project: null } as const;

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

beforeEach(() => {
  accounts.found = [];
  accounts.list = [];
  toasts.list = [];
});

describe("the ways of Google Cloud", () => {
  it("begin with what gcloud has set up, when that was found on this machine", () => {
    expect(waysOf("gcp", [])).toEqual(["key_file", "variable", "application_default"]);
    expect(waysOf("gcp", [adc])).toEqual(["application_default", "key_file", "variable"]);
    expect(waysOf("aws", [adc])).toEqual(["keys", "profile", "environment"]);
  });

  it("lead from a find to the form, filled in", () => {
    expect(startFrom(adc)).toEqual({
      cloud: "gcp",
      way: "application_default",
      profile: null,
      project: "proj-adc",
    });
    const profile = { ...adc, provider: "aws", source: { type: "profile", profile: "dev" } } as const;
    expect(startFrom(profile)).toMatchObject({ cloud: "aws", way: "profile", profile: "dev" });
    expect(startFrom({ ...adc, provider: "demo", source: { type: "built_in" } })).toBeNull();
  });

  it("offer the project that goes with the credentials, over the one of others, never over a typed one", () => {
    accounts.found = [adc];
    const adding = new Adding({ ...start, cloud: "aws" });
    expect(adding.way).toBe("keys");
    adding.chooseCloud("gcp");
    expect([adding.way, adding.projects.typed, adding.suggestion]).toEqual([
      "application_default",
      "proj-adc",
      "proj-adc",
    ]);
    adding.chooseWay("key_file");
    expect(adding.projects.typed).toBe("");
    adding.projects.typed = "by-hand";
    adding.chooseWay("application_default");
    expect(adding.projects.typed).toBe("by-hand");
  });
});

describe("projects", () => {
  it("are those of the credentials that were asked with, and of no others", async () => {
    let answer: (found: { principal: string; projects: FoundProject[] }) => void = () => undefined;
    host({ find_projects: () => new Promise((resolve) => (answer = resolve)) });
    const adding = new Adding(start);
    void adding.find(form({ path: "/a.json" }));
    await settled();
    adding.chooseWay("variable");
    answer({ principal: "a", projects: [project("of-a"), project("of-a-too")] });
    await settled();
    expect(adding.projects.found).toBeNull();
    expect(adding.projects.looking).toBe(false);
  });

  it("are asked for with the way that is chosen and the endpoint that is approved", async () => {
    const { asked } = host({ find_projects: () => ({ principal: "a", projects: [] }) });
    const adding = new Adding({ ...start, way: "variable" });
    const endpoint = "http://127.0.0.1:9";
    await adding.find(form({ variable: "TOKEN", path: "/left-over.json", endpoint, regions: "x" }));
    const credentials = { type: "variable", variable: "TOKEN" };
    expect(asked).toEqual([["find_projects", { provider: "gcp", credentials, endpoint }]]);
  });

  it("are selected by hand, but for an only one and for those typed already", async () => {
    const projects = new Projects();
    host({ find_projects: () => ({ principal: "a", projects: [project("one")] }) });
    await projects.find(find);
    expect(projects.picked).toEqual(["one"]);
    host({
      find_projects: () => ({ principal: "a", projects: [project("one"), project("two"), project("three")] }),
    });
    projects.typed = "two, elsewhere";
    await projects.find(find);
    expect([...projects.chosen]).toEqual(["two"]);
    expect(projects.typed).toBe("elsewhere");
    expect(projects.picked).toEqual(["two", "elsewhere"]);
  });

  it("that are accounts already cannot be selected", async () => {
    host({
      find_projects: () => ({ principal: "a", projects: [project("new"), project("old", { added: true })] }),
    });
    const projects = new Projects();
    await projects.find(find);
    projects.none();
    projects.toggle("old");
    expect(projects.picked).toEqual([]);
    projects.all();
    expect(projects.picked).toEqual(["new"]);
  });

  it("are filtered by id and name; selecting all means those shown, and no more than one request takes", async () => {
    const many = Array.from({ length: 300 }, (_, at) => project(`p-${at}`, { name: at < 2 ? "Search" : "" }));
    host({ find_projects: () => ({ principal: "a", projects: many }) });
    const projects = new Projects();
    await projects.find(find);
    projects.filter = " sEARch";
    projects.all();
    expect(projects.picked).toEqual(["p-0", "p-1"]);
    projects.filter = "p-299";
    projects.all();
    expect(projects.picked).toEqual(["p-0", "p-1", "p-299"]);
    projects.filter = "";
    projects.all();
    expect(projects.picked).toHaveLength(MOST);
  });

  it("say why they cannot be found", async () => {
    host({
      find_projects: () => {
        throw Object.assign(new Error("no"), { code: "failed", failure: "permission_denied", message: "no" });
      },
    });
    const projects = new Projects();
    await projects.find(find);
    expect([projects.error?.failure, projects.found, projects.looking]).toEqual([
      "permission_denied",
      null,
      false,
    ]);
  });
});

describe("submitting", () => {
  it("one project adds one account under the name that was chosen", async () => {
    const { asked } = host({
      add_account: () => account(),
      list_accounts: () => ({ accounts: [] }),
      sync_now: () => ({ elapsed_ms: 0, requests: 0, bytes_in: 0, resources: 0, changed: 0, scopes: [] }),
    });
    const adding = new Adding({ ...start, way: "key_file", project: "proj-1" });
    expect(await adding.submit(form({ name: "lab", path: "~/key.json", prod: "on" }))).toBe(true);
    expect(asked[0]).toEqual([
      "add_account",
      {
        provider: "gcp",
        name: "lab",
        project: "proj-1",
        credentials: { type: "key_file", path: "~/key.json" },
        endpoint: null,
        regions: [],
        access: "read_only",
        prod: true,
      },
    ]);
  });

  it("several adds them together; what failed stays selected with its reason, the others are marked", async () => {
    const failure = { code: "not_enabled", message: "Compute Engine API" } as const;
    const { asked } = host({
      find_projects: () => ({ principal: "a", projects: [project("a-1"), project("b-2"), project("c-3")] }),
      add_projects: () => ({
        added: [account({ id: "x", project: "a-1" }), account({ id: "y", project: "typed-9" })],
        failed: [{ project: "b-2", failure }],
      }),
      list_accounts: () => ({ accounts: [] }),
      sync_now: () => ({ elapsed_ms: 0, requests: 0, bytes_in: 0, resources: 0, changed: 0, scopes: [] }),
    });
    const adding = new Adding({ ...start, way: "application_default" });
    await adding.find(form({}));
    adding.projects.toggle("a-1");
    adding.projects.toggle("b-2");
    adding.projects.typed = "typed-9";
    expect(adding.several).toBe(true);
    expect(await adding.submit(form({ read_write: "on", regions: "europe-west1" }))).toBe(false);
    expect(asked.find(([command]) => command === "add_projects")?.[1]).toEqual({
      provider: "gcp",
      credentials: { type: "application_default" },
      endpoint: null,
      projects: ["a-1", "b-2", "typed-9"],
      regions: ["europe-west1"],
      access: "read_write",
      prod: false,
    });
    const { projects } = adding;
    expect(projects.picked).toEqual(["b-2"]);
    expect([...projects.failed]).toEqual([["b-2", failure]]);
    expect(projects.found?.map(({ project, added }) => [project, added])).toEqual([
      ["a-1", true],
      ["b-2", false],
      ["c-3", false],
    ]);
    expect(projects.tried).toBe(3);
    expect(toasts.list.map(({ title }) => title)).toEqual(["2 projects were added"]);
    expect(asked.at(-1)).toEqual(["sync_now", { accounts: ["x", "y"] }]);
  });

  it("keeps the form when nothing was added, and says why", async () => {
    host({
      add_account: () => {
        throw Object.assign(new Error("no"), { code: "realm_taken", message: "" });
      },
    });
    const adding = new Adding({ ...start, project: "proj-1" });
    expect(await adding.submit(form({ name: "lab" }))).toBe(false);
    expect([adding.error?.code, adding.busy, adding.projects.typed]).toEqual([
      "realm_taken",
      false,
      "proj-1",
    ]);
  });
});
