// Samples of what crosses IPC, with only what a test cares about spelled out.
import { operationCounts, planCounts } from "$lib/ipc/fake/counts";
import type {
  Account,
  InventoryWindow,
  Operation,
  OperationTarget,
  Plan,
  PlannedTarget,
  ResourceDetails,
  Row,
  Scope,
} from "$lib/ipc/types";

export function row(change: Partial<Row> = {}): Row {
  const id = change.id ?? "i-0a41";
  return {
    key: `aws:123456789012:eu-west-1:instance:${id}`,
    provider: "aws",
    account: "lab",
    account_id: "a1",
    prod: false,
    kind: "instance",
    region: "eu-west-1",
    location: "eu-west-1",
    zone: "eu-west-1b",
    id,
    name: "web-1",
    state: "running",
    raw_state: "running",
    pending: null,
    health: "unknown",
    size: "t3.micro",
    private_ips: ["10.0.0.1"],
    public_ips: [],
    dns_names: [],
    tags: {},
    created_at: null,
    started_at: null,
    as_of: "2026-03-01T12:00:00Z",
    stale: false,
    missing_since: null,
    error: null,
    selected: false,
    ...change,
  };
}

export function inventoryWindow(rows: Row[], change: Partial<InventoryWindow> = {}): InventoryWindow {
  return {
    generation: 1,
    ready: true,
    total: rows.length,
    inventory_total: rows.length,
    offset: 0,
    rows,
    facets: { providers: [], accounts: [], regions: [], states: [] },
    totals: [],
    stale: 0,
    selection: { count: 0, hidden: 0, most: 1_000, actions: [] },
    error: null,
    ...change,
  };
}

export function details(of: Row): ResourceDetails {
  return {
    row: of,
    realm: "123456789012",
    facts: {
      lifecycle: "on_demand",
      group: null,
      managed_by: null,
      root_is_local: false,
      ephemeral_public_ip: null,
      image: null,
      architecture: null,
      platform: null,
      network: null,
      subnet: null,
      security_groups: [],
      identity: null,
      key_pair: null,
      disks: [],
      state_reason: null,
    },
    actions: [],
    console: false,
    journal: [],
  };
}

export function scope(location: string, change: Partial<Scope> = {}): Scope {
  const at = "2026-03-01T12:00:00Z";
  return { location, kind: "instance", rows: 1, as_of: at, attempted_at: at, failure: null, ...change };
}

export function account(change: Partial<Account> = {}): Account {
  return {
    id: "a1",
    name: "lab",
    provider: "aws",
    project: null,
    source: { type: "keyring" },
    endpoint: null,
    regions: [],
    access: "read_write",
    prod: false,
    realm: "123456789012",
    principal: null,
    created_at: "2026-01-01T00:00:00Z",
    sign_in: { type: "ok" },
    scopes: [],
    progress: null,
    ...change,
  };
}

export function target(change: Partial<PlannedTarget> = {}): PlannedTarget {
  const { key, id, name, account, account_id, region, zone, state, raw_state } = row({
    ...(change.id === undefined ? {} : { id: change.id }),
  });
  return {
    ...{ key, id, name, account, account_id, region, zone, state, raw_state },
    prod: false,
    verdict: "eligible",
    refusal: null,
    warnings: [],
    ...change,
  };
}

/** An action without any option. */
export const PLAIN = { force: false, hibernate: false, discard_local_disks: false };

export function plan(change: Partial<Plan> = {}): Plan {
  const targets = change.targets ?? [target()];
  return {
    nonce: "n1",
    action: "stop",
    options: PLAIN,
    asks_discard: false,
    offers_force: false,
    offers_hibernate: false,
    expires_at: "2026-03-01T12:01:00Z",
    confirmation: { type: "click" },
    counts: planCounts(targets),
    targets,
    ...change,
  };
}

export function operation(ends: Partial<OperationTarget>[], change: Partial<Operation> = {}): Operation {
  const targets = ends.map((one, at): OperationTarget => ({
    key: `aws:1:r:instance:i-${at}`,
    id: `i-${at}`,
    name: `web-${at}`,
    account: "lab",
    status: "done",
    observed_state: "stopped",
    failure: null,
    running: false,
    follower: null,
    ...one,
  }));
  return {
    id: "o1",
    action: "stop",
    options: PLAIN,
    inverse: "start",
    started_at: "2026-03-01T12:00:00Z",
    finished_at: "2026-03-01T12:00:09Z",
    counts: operationCounts(targets),
    targets,
    ...change,
  };
}
