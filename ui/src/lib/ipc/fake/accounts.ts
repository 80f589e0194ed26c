// The stand-in's accounts and settings.
import type { Account, FoundAccount } from "$lib/ipc/types";
import { asDemo, type Cloud } from "./cloud";
import { commandError, missing } from "./errors";
import { accounts, rows } from "./fleet";
import { hostsOf } from "./hosts";
import type { Answers } from "./host";

type Own =
  | "list_accounts"
  | "list_hosts"
  | "find_accounts"
  | "check_keyring"
  | "add_account"
  | "verify_account"
  | "update_account"
  | "remove_account"
  | "sync_now"
  | "add_demo"
  | "remove_demo"
  | "get_settings"
  | "update_settings";

const found = (find: Pick<FoundAccount, "provider" | "source"> & Partial<FoundAccount>): FoundAccount => ({
  project: null,
  region: null,
  added: false,
  ...find,
});
const profile = (name: string) => ({ type: "profile", profile: name }) as const;
const FOUND: FoundAccount[] = [
  found({ provider: "aws", source: { type: "environment" }, region: "eu-west-1" }),
  found({ provider: "gcp", source: { type: "application_default" }, project: "acme-sandbox-417" }),
  found({ provider: "aws", source: profile("default"), region: "eu-west-1" }),
  found({ provider: "aws", source: profile("platform-dev"), region: "us-east-1", added: true }),
  found({ provider: "aws", source: profile("payments-admin") }),
];

const KEYRINGS = {
  keyring_unavailable: "the OS keyring is not available: D-Bus: no service of that name",
  keyring_locked: "the OS keyring is locked; unlock it and try again",
};

export function accountCommands(cloud: Cloud): Pick<Answers, Own> {
  const find = (id: string): Account => {
    const account = cloud.accounts.find((one) => one.id === id);
    if (!account) throw missing(id);
    return account;
  };
  const drop = (gone: (account: Account) => boolean) => {
    const ids = new Set(cloud.accounts.filter(gone).map(({ id }) => id));
    cloud.accounts = cloud.accounts.filter(({ id }) => !ids.has(id));
    cloud.rows = cloud.rows.filter((row) => !ids.has(row.account_id));
    cloud.changed("accounts", "inventory");
  };
  return {
    list_accounts: () => ({ accounts: cloud.accounts }),
    list_hosts: () => ({ accounts: cloud.accounts.map(hostsOf) }),
    find_accounts: () => ({ found: FOUND }),
    check_keyring: () => {
      const { keyring } = cloud.scenario;
      if (keyring === "ok") return { failure: null };
      return { failure: { code: keyring, message: KEYRINGS[keyring] } };
    },
    add_account: (request) => {
      if (cloud.accounts.some(({ name }) => name === request.name))
        throw commandError({ code: "name_taken" });
      if (request.credentials.type === "keys" && request.credentials.secret_access_key.includes("wrong")) {
        throw commandError({
          code: "failed",
          failure: "unauthenticated",
          message: "the security token included in the request is invalid",
        });
      }
      const like = accounts(Date.now()).find(({ provider }) => provider === request.provider);
      if (!like) throw missing("");
      const { name, provider, project, endpoint, regions, access, prod } = request;
      const own = { id: crypto.randomUUID(), name, provider, project, endpoint, regions, access, prod };
      const account = { ...like, ...own, realm: project ?? like.realm };
      cloud.accounts.push(account);
      cloud.rows.push(...rows(40, [account], Date.now(), false));
      cloud.count();
      cloud.changed("accounts", "inventory");
      return account;
    },
    verify_account: ({ account }) => {
      const { realm, principal, sign_in, project } = find(account);
      if (sign_in.type === "failed") {
        throw commandError({
          code: "failed",
          failure: sign_in.failure.code,
          message: sign_in.failure.message,
        });
      }
      return {
        realm: realm ?? "",
        principal: principal ?? "",
        denied: project === null ? [] : ["suspend", "terminate"],
      };
    },
    update_account: ({ account: id, name, access, prod, regions }) => {
      const account = find(id);
      Object.assign(account, {
        name: name ?? account.name,
        access: access ?? account.access,
        prod: prod ?? account.prod,
        regions: regions ?? account.regions,
      });
      cloud.changed("accounts", "inventory");
      return account;
    },
    remove_account: ({ account }) => {
      drop(({ id }) => id === account);
      return { secret_left: null };
    },
    sync_now: () => {
      const now = new Date().toISOString();
      const fails = cloud.scenario.state === "offline";
      if (!fails) {
        for (const account of cloud.accounts) {
          for (const scope of account.scopes) if (!scope.failure) scope.as_of = now;
        }
        for (const row of cloud.rows) if (!row.error) row.as_of = now;
        cloud.changed("accounts", "inventory");
      }
      return {
        elapsed_ms: 812,
        requests: 24,
        bytes_in: 81_000,
        resources: cloud.rows.length,
        changed: 0,
        scopes: [],
      };
    },
    add_demo: () => {
      cloud.accounts = accounts(Date.now());
      cloud.accounts.forEach(asDemo);
      cloud.rows = rows(300, cloud.accounts, Date.now(), false);
      cloud.count();
      cloud.changed("accounts", "inventory");
      return {};
    },
    remove_demo: () => {
      drop(({ provider }) => provider === "demo");
      return {};
    },
    get_settings: () => cloud.settings,
    update_settings: ({ theme, language, density, poll_interval_s }) => {
      cloud.settings = {
        ...cloud.settings,
        theme: theme ?? cloud.settings.theme,
        language: language ?? cloud.settings.language,
        density: density ?? cloud.settings.density,
        poll_interval_s: poll_interval_s ?? cloud.settings.poll_interval_s,
      };
      return cloud.settings;
    },
  };
}
