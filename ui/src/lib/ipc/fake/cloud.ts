// The stand-in's world: rows that move through their states, a journal, a selection.
import type {
  Account,
  Action,
  Changes,
  Failure,
  JournalEntry,
  JournalEvent,
  Operation,
  OperationTarget,
  Row,
  Settings,
  State,
} from "$lib/ipc/types";
import { operationCounts } from "./counts";
import { accounts, rows } from "./fleet";
import { statusOf } from "./google";
import type { Scenario } from "./scenario";

/** The duration of a transition, in milliseconds. */
const PLAIN = { force: false, hibernate: false, discard_local_disks: false };
const TRANSITION_MS = 4_000;
const INVERSE: Partial<Record<Action, Action>> = {
  start: "stop",
  stop: "start",
  suspend: "resume",
  resume: "suspend",
};
const TRANSITIONS: Record<Action, { during: State; after: State; from: State[] }> = {
  start: { during: "pending", after: "running", from: ["stopped"] },
  stop: { during: "stopping", after: "stopped", from: ["running", "pending"] },
  reboot: { during: "running", after: "running", from: ["running"] },
  suspend: { during: "suspending", after: "suspended", from: ["running"] },
  resume: { during: "pending", after: "running", from: ["suspended"] },
  terminate: {
    during: "terminating",
    after: "terminated",
    from: ["running", "stopped", "suspended", "pending", "stopping"],
  },
};

export class Cloud {
  readonly scenario: Scenario;
  accounts: Account[];
  rows: Row[];
  readonly selected = new Set<string>();
  /** Whose whole document was read. */
  readonly whole = new Set<string>();
  readonly journal: JournalEntry[] = [];
  readonly operations: Operation[] = [];
  readonly changes: Changes = { inventory: 1, accounts: 1, operations: 1 };
  readonly listeners = new Set<(changes: Changes) => void>();
  settings: Settings;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const now = Date.now();
    this.settings = {
      theme: scenario.theme,
      language: scenario.language,
      density: "compact",
      poll_interval_s: 60,
      poll_interval_least_s: 30,
      poll_interval_most_s: 86_400,
    };
    const none = scenario.state === "empty";
    this.accounts = none ? [] : accounts(now);
    if (scenario.demo) for (const account of this.accounts) asDemo(account);
    const bare = none || scenario.state === "bare";
    this.rows = bare ? [] : rows(scenario.rows, this.accounts, now, scenario.state === "hostile");
    this.#break(now);
    this.count();
  }

  changed(...parts: (keyof Changes)[]): void {
    for (const part of parts) this.changes[part] += 1;
    for (const listener of this.listeners) listener({ ...this.changes });
  }

  count(): void {
    for (const account of this.accounts) {
      for (const scope of account.scopes) {
        scope.rows = this.rows.filter((r) => r.account_id === account.id && isIn(r, scope.location)).length;
      }
    }
  }

  accepts(action: Action, row: Row): boolean {
    const account = this.accounts.find(({ id }) => id === row.account_id);
    return (
      account?.access === "read_write" && has(action, row) && TRANSITIONS[action].from.includes(row.state)
    );
  }

  /** Sends an action: first the cloud's reply as pending, later its end. */
  send(action: Action, targets: Row[]): string {
    const id = crypto.randomUUID();
    const { during, after } = TRANSITIONS[action];
    const all: OperationTarget[] = targets.map((row) => ({
      key: row.key,
      id: row.id,
      name: row.name,
      account: row.account,
      status: "sent",
      observed_state: null,
      failure: null,
      running: true,
      follower: { type: "here" },
    }));
    const operation: Operation = {
      id,
      action,
      options: PLAIN,
      inverse: INVERSE[action] ?? null,
      started_at: new Date().toISOString(),
      finished_at: null,
      counts: operationCounts(all),
      targets: all,
    };
    this.operations.unshift(operation);
    for (const row of targets) {
      this.log(id, action, row, { type: "sent", options: PLAIN });
      row.state = during;
      row.raw_state = raw(row, during);
      row.pending = action;
      this.log(id, action, row, { type: "accepted", state: during, raw_state: row.raw_state });
    }
    targets.forEach((row, at) => {
      setTimeout(() => this.#settle(operation, row, after), TRANSITION_MS + at * 300);
    });
    this.changed("inventory", "operations");
    return id;
  }

  log(operation_id: string, action: Action, row: Row, event: JournalEvent): void {
    this.journal.unshift({
      seq: this.journal.length + 1,
      at: new Date().toISOString(),
      run: "browser",
      operation_id,
      account_id: row.account_id,
      account: row.account,
      key: row.key,
      id: row.id,
      name: row.name,
      action,
      event,
    });
  }

  #settle(operation: Operation, row: Row, after: State): void {
    row.state = after;
    row.raw_state = raw(row, after);
    row.pending = null;
    const event = { type: "done", state: after, raw_state: row.raw_state } as const;
    this.log(operation.id, operation.action, row, event);
    const target = operation.targets.find(({ key }) => key === row.key);
    if (target)
      Object.assign(target, { running: false, follower: null, status: "done", observed_state: after });
    operation.counts = operationCounts(operation.targets);
    if (operation.counts.running === 0) operation.finished_at = new Date().toISOString();
    this.changed("inventory", "operations");
  }

  #break(now: number): void {
    const fail = (account: Account | undefined, location: string | null, hours: number, failure: Failure) => {
      for (const scope of account?.scopes ?? []) {
        if (location !== null && scope.location !== location) continue;
        scope.failure = failure;
        scope.as_of = new Date(now - hours * 3_600_000).toISOString();
        for (const row of this.rows) {
          if (row.account_id !== account?.id || !isIn(row, scope.location)) continue;
          Object.assign(row, { stale: true, error: failure, as_of: scope.as_of });
        }
      }
    };
    const { state } = this.scenario;
    if (state === "offline") {
      const failure: Failure = { code: "unavailable", message: "connection refused" };
      this.accounts.forEach((account) => fail(account, null, 3, failure));
    }
    if (state === "errors") {
      const denied: Failure = {
        code: "permission_denied",
        message: "ec2:DescribeInstances: not authorized to perform this operation",
      };
      const expired: Failure = { code: "unauthenticated", message: "the token has expired" };
      fail(this.accounts[1], "sa-east-1", 3, denied);
      fail(this.accounts[1], "us-west-2", 0.2, {
        code: "timed_out",
        message: "ec2:DescribeInstances timed out",
      });
      fail(this.accounts[2], null, 26, {
        code: "not_enabled",
        message:
          "Compute Engine API has not been used in project acme-search-staging before or it is disabled",
      });
      fail(this.accounts[3], null, 9, expired);
      const lake = this.accounts[3];
      if (lake) lake.sign_in = { type: "failed", failure: expired };
    }
    if (state === "syncing") {
      this.accounts.forEach((account, at) => (account.progress = { done: at, total: 6, rows: at * 310 }));
    }
  }
}

/** Returns true if the row's cloud has the action. */
export function has(action: Action, row: Row): boolean {
  return row.provider === "gcp" || (action !== "suspend" && action !== "resume");
}

function isIn(row: Row, location: string): boolean {
  return row.region === location || row.zone === location;
}

function raw(row: Row, state: State): string {
  return row.provider === "gcp" ? statusOf(state) : state;
}

/** The same account as one of the demo cloud. */
export function asDemo(account: Account): void {
  Object.assign(account, {
    provider: "demo",
    source: { type: "built_in" },
    realm: `demo-${account.name}`,
    project: null,
  });
}
