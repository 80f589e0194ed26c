// A made-up fleet: the same rows for the same number, so that pictures can be compared.
import type { Account, Row, State } from "$lib/ipc/types";

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
    scopes: REGIONS.map((location) => ({
      location,
      kind: "instance",
      rows: 0,
      as_of: at(40),
      attempted_at: at(40),
      failure: null,
    })),
    progress: null,
    ...change,
  });
  return [
    account("a1", "payments-prod", { prod: true }),
    account("a2", "platform-dev", { realm: "210987654321", source: { type: "profile", profile: "dev" } }),
    account("a3", "search-staging", { realm: "345678901234", access: "read_only" }),
    account("a4", "data-lake", { realm: "456789012345", source: { type: "environment" } }),
  ];
}

export function rows(count: number, owners: Account[], now: number, hostile: boolean): Row[] {
  const next = random(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const made: Row[] = [];
  for (let n = 0; n < count; n += 1) {
    const owner = pick(owners);
    const region = pick(REGIONS);
    const role = pick(ROLES);
    const state = pick(STATES);
    const id = `i-${Math.floor(next() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")}${n.toString(16).padStart(9, "0")}`;
    const running = state === "running";
    made.push({
      key: `${owner.provider}:${owner.realm ?? ""}:${region}:instance:${id}`,
      provider: owner.provider,
      account: owner.name,
      account_id: owner.id,
      prod: owner.prod,
      kind: "instance",
      region,
      zone: `${region}${pick(["a", "b", "c"])}`,
      id,
      name: hostile && n < HOSTILE.length ? (HOSTILE[n] ?? "") : `${role}-${region.slice(0, 2)}-${n + 1}`,
      state,
      raw_state: state,
      pending: null,
      health: "unknown",
      size: pick(SIZES),
      private_ips: [`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`],
      public_ips: running && next() < 0.3 ? [`54.171.${(n >> 8) & 255}.${n & 255}`] : [],
      dns_names: [],
      tags: { env: owner.prod ? "prod" : "dev", team: pick(TEAMS), role },
      created_at: null,
      started_at: new Date(now - next() * 86_400_000 * 60).toISOString(),
      as_of: new Date(now - 40_000).toISOString(),
      stale: false,
      missing_since: null,
      failure: null,
      selected: false,
    });
  }
  return made;
}
