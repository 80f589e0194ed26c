// Settings › Network: the hosts of every account, as Rust lists them.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it } from "vitest";
import NetworkHosts from "$components/settings/NetworkHosts.svelte";
import { accounts } from "$lib/accounts/accounts.svelte";
import type { AccountHosts, AllowedHost } from "$lib/ipc/types";
import { hostReason } from "$lib/labels/host";
import { host, settled } from "./host";
import { account } from "./samples";

let drawn: Record<string, unknown> | null = null;
afterEach(async () => {
  if (drawn) await unmount(drawn);
  document.body.replaceChildren();
});

const allowed = (origin: string, change: Partial<AllowedHost> = {}): AllowedHost => ({
  origin,
  purpose: "compute",
  region: null,
  pattern: false,
  ...change,
});
const of = (name: string, hosts: AllowedHost[], change: Partial<AccountHosts> = {}): AccountHosts => ({
  account: name,
  name,
  hosts,
  failure: null,
  ...change,
});

async function draw(list: AccountHosts[]): Promise<string[]> {
  host({ list_hosts: () => ({ accounts: list }) });
  drawn = mount(NetworkHosts, { target: document.body });
  flushSync();
  await settled();
  flushSync();
  return [...document.querySelectorAll("[data-testid=network-account]")].map((one) =>
    (one.textContent ?? "").replace(/\s+/g, " ").trim(),
  );
}

it("lists the hosts of each account with their reasons, and invents none", async () => {
  const shown = await draw([
    of("china", [
      allowed("https://sts.cn-north-1.amazonaws.com.cn", { purpose: "sign_in", region: "cn-north-1" }),
      allowed("https://ec2.*.amazonaws.com.cn", { pattern: true }),
    ]),
    of("demo", []),
    of("lab", [allowed("http://127.0.0.1:5000", { purpose: "endpoint" })]),
  ]);
  expect(shown).toEqual([
    "china https://sts.cn-north-1.amazonaws.com.cn sign-in (STS) in cn-north-1" +
      "https://ec2.*.amazonaws.com.cn compute API in every other enabled region",
    "lab http://127.0.0.1:5000 approved endpoint, in place of the cloud's APIs",
  ]);
});

it("says why the hosts of an account are not known", async () => {
  const failure = {
    code: "credentials_missing",
    message: "there is no profile \u202E",
    transient: false,
  } as const;
  const [shown] = await draw([of("ops", [], { failure })]);
  expect(shown).toContain("The hosts are not known: there is no profile \\u{202e}.");
});

it("says that no account needs the network, and asks again when the accounts change", async () => {
  expect(await draw([of("demo", [])])).toEqual([]);
  expect(document.body.textContent).toContain("no account needs the network");
  const { asked } = host({ list_hosts: () => ({ accounts: [of("lab", [allowed("https://lab.example")])] }) });
  accounts.list = [account({ name: "lab" })];
  flushSync();
  await settled();
  flushSync();
  expect(asked).toEqual([["list_hosts", {}]]);
  expect(document.querySelector("[data-testid=host]")?.textContent).toContain("https://lab.example");
});

it("writes out deceptive characters of a region", () => {
  expect(hostReason(allowed("https://x", { region: "a\u202Eb" }))).toBe("compute API in a\\u{202e}b");
});
