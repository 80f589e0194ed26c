// A made-up fleet: the same rows for the same number, so that pictures can be compared.
import type { Account, Row, State } from "$lib/ipc/types";
import { SIZES as GOOGLE_SIZES, statusOf, USED, ZONES } from "./google";

const REGIONS = ["eu-west-1", "us-east-1", "ap-northeast-1", "eu-central-1", "us-west-2", "sa-east-1"];
const ROLES = ["web", "api", "worker", "db-replica", "cache", "batch", "bastion", "build", "search", "mail"];
const SIZES = ["m6i.xlarge", "t3.medium", "c7g.2xlarge", "r6i.4xlarge", "m6i.large", "t4g.small"];
const STATES: State[] = [
  "running",
  "running",
  "running",
  "running",
  "running",
  "running",
  "stopped",
  "stopped",
];
const TEAMS = ["payments", "platform", "search", "data", "growth"];

/** Names that strangers might choose. */
const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "prod-\u202Egpj.exe",
  "a\u200Bb\u200Bc",
  "line\nbreak\ttab",
  "{{constructor.constructor('alert(1)')()}}",
  "שרת-ייצור",
  "خادم-الويب",
  "web-ops-名前",
  "👩‍💻 builder",
  "",
  "x".repeat(255),
];

/** A small generator with a seed; the quality does not matter, the repeatability does. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export function accounts(now: number): Account[] {
  const at = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  const scopes = (places: readonly string[], age: number): Account["scopes"] =>
    places.map((location) => ({
      location,
      kind: "instance",
      rows: 0,
      as_of: at(age),
      attempted_at: at(age),
      failure: null,
    }));
  const account = (id: string, name: string, change: Partial<Account>): Account => ({
    id,
    name,
    provider: "aws",
    source: { type: "keyring" },
    endpoint: null,
    regions: [],
    access: "read_write",
    prod: false,
    realm: "123456789012",
    principal: "arn:aws:iam::123456789012:user/operator",
    created_at: at(86_400 * 40),
    sign_in: { type: "ok" },
    project: null,
    scopes: scopes(REGIONS, 40),
    progress: null,
    ...change,
  });
  return [
    account("a1", "payments-prod", { prod: true }),
    account("a2", "platform-dev", { realm: "210987654321", source: { type: "profile", profile: "dev" } }),
    account("a3", "search-staging", {
      ...google("acme-search-staging"),
      source: { type: "sign_in" },
      principal: "nephoscope@acme-search-staging.iam.gserviceaccount.com",
      access: "read_only",
      scopes: scopes(ZONES, 65),
    }),
    account("a4", "data-lake", {
      ...google("acme-data-lake"),
      source: { type: "application_default" },
      principal: "operator@acme.example",
      scopes: scopes(ZONES, 70),
    }),
  ];
}

function google(project: string): Partial<Account> {
  return { provider: "gcp", project, realm: project };
}

export function rows(count: number, owners: Account[], now: number, hostile: boolean): Row[] {
  const next = random(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const made: Row[] = [];
  for (let n = 0; n < count; n += 1) {
    const owner = pick(owners);
    const onGoogle = owner.provider === "gcp";
    const zone = onGoogle ? pick(USED) : `${pick(REGIONS)}${pick(["a", "b", "c"])}`;
    const region = onGoogle ? zone.slice(0, zone.lastIndexOf("-")) : zone.slice(0, -1);
    const role = pick(ROLES);
    const state = onGoogle && n % 9 === 0 ? "suspended" : pick(STATES);
    const number = Math.floor(next() * 2 ** 32);
    const id = onGoogle
      ? `58${String(number).padStart(10, "0")}${String(n).padStart(7, "0")}`
      : `i-${number.toString(16).padStart(8, "0")}${n.toString(16).padStart(9, "0")}`;
    const running = state === "running";
    made.push({
      key: `${owner.provider}:${owner.realm ?? ""}:${region}:instance:${id}`,
      provider: owner.provider,
      account: owner.name,
      account_id: owner.id,
      prod: owner.prod,
      kind: "instance",
      region,
      location: onGoogle ? zone : region,
      zone,
      id,
      name: hostile && n < HOSTILE.length ? (HOSTILE[n] ?? "") : `${role}-${region.slice(0, 2)}-${n + 1}`,
      state,
      raw_state: onGoogle ? statusOf(state) : state,
      pending: null,
      health: "unknown",
      size: pick(onGoogle ? GOOGLE_SIZES : SIZES),
      private_ips: [`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`],
      public_ips: running && next() < 0.3 ? [`54.171.${(n >> 8) & 255}.${n & 255}`] : [],
      dns_names: [],
      tags: { env: owner.prod ? "prod" : "dev", team: pick(TEAMS), role },
      created_at: null,
      started_at: new Date(now - next() * 86_400_000 * 60).toISOString(),
      as_of: new Date(now - 40_000).toISOString(),
      stale: false,
      missing_since: null,
      error: null,
      selected: false,
    });
  }
  return made;
}
