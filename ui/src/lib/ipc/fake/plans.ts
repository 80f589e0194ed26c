// The stand-in's plans: the shapes and the care of the real ones, none of the checks.
import type {
  Action,
  ActionOptions,
  CommitReply,
  Plan,
  PlannedTarget,
  PlanTarget,
  Row,
  Warning,
} from "$lib/ipc/types";
import { type Cloud, has } from "./cloud";
import { planCounts, SHOWN } from "./counts";
import { commandError } from "./errors";
import { parse } from "./query";

/** As many as the core plans at most. */
const MOST = 1000;

const DONE: Record<Action, string> = {
  start: "running",
  stop: "stopped",
  reboot: "",
  suspend: "suspended",
  resume: "running",
  terminate: "terminated",
};

export class Plans {
  readonly #cloud: Cloud;
  readonly #open = new Map<string, { plan: Plan; keys: Set<string> }>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  make(action: Action, target: PlanTarget, options: ActionOptions): Plan {
    const rows = this.#rows(target);
    if (rows.length > MOST) {
      const message = `${rows.length} targets are more than one plan may have (${MOST}); narrow the selection`;
      throw commandError({ code: "too_many_targets", message });
    }
    const targets = rows.map((row) => this.#target(action, row, options.discard_local_disks));
    const sent = targets.filter(({ verdict }) => verdict === "eligible");
    const plan: Plan = {
      nonce: crypto.randomUUID(),
      action,
      options,
      asks_discard: rows.some((row) => this.#cloud.accepts(action, row) && losesLocalDisks(action, row)),
      offers_force: action === "stop" && rows.some(({ provider }) => provider === "aws"),
      offers_hibernate: action === "stop" && rows.some(({ provider }) => provider === "aws"),
      expires_at: new Date(Date.now() + 60_000).toISOString(),
      confirmation: this.#confirmation(action, sent),
      counts: planCounts(targets),
      targets: targets.toSorted((a, b) => rank(a) - rank(b)).slice(0, SHOWN),
    };
    this.#open.set(plan.nonce, { plan, keys: new Set(sent.map(({ key }) => key)) });
    return plan;
  }

  commit(nonce: string, typed: string | null): CommitReply {
    const open = this.#open.get(nonce);
    if (!open) return { type: "refused", refusal: { code: "expired" } };
    const { plan, keys } = open;
    const { confirmation } = plan;
    if (confirmation.type === "type" && !confirmation.accepted.includes(typed ?? "")) {
      return { type: "refused", refusal: { code: "confirmation" } };
    }
    this.#open.delete(nonce);
    const operation = this.#cloud.send(
      plan.action,
      this.#cloud.rows.filter(({ key }) => keys.has(key)),
    );
    return { type: "accepted", operation_id: operation };
  }

  #rows(target: PlanTarget): Row[] {
    const { rows, selected, operations } = this.#cloud;
    if (target.type === "operation") {
      const done = operations.find(({ id }) => id === target.operation_id)?.targets ?? [];
      return rows.filter(({ key }) =>
        done.some((one) => one.key === key && (one.status === "sent" || one.status === "done")),
      );
    }
    if (target.type === "keys") return rows.filter(({ key }) => target.keys.includes(key));
    const parsed = parse(target.query);
    const shown = "filter" in parsed && !target.include_hidden ? parsed.filter : () => true;
    return rows.filter((row) => selected.has(row.key) && shown(row));
  }

  #target(action: Action, row: Row, discard: boolean): PlannedTarget {
    const readOnly = this.#cloud.accounts.find(({ id }) => id === row.account_id)?.access === "read_only";
    const already = DONE[action] === row.state;
    const accepted = this.#cloud.accepts(action, row);
    const kept = accepted && !discard && losesLocalDisks(action, row);
    const eligible = accepted && !kept;
    return {
      key: row.key,
      id: row.id,
      name: row.name,
      account: row.account,
      account_id: row.account_id,
      region: row.region,
      zone: row.zone,
      state: row.state,
      raw_state: row.raw_state,
      prod: row.prod,
      verdict: already ? "already" : eligible ? "eligible" : "refused",
      refusal:
        already || eligible
          ? null
          : readOnly
            ? { code: "read_only" }
            : kept
              ? { code: "local_disks" }
              : has(action, row)
                ? { code: "state", state: row.state }
                : { code: "unsupported" },
      warnings: eligible ? warnings(action, row) : [],
    };
  }

  #confirmation(action: Action, sent: PlannedTarget[]): Plan["confirmation"] {
    const prod = this.#cloud.accounts.some((a) => a.prod && sent.some((t) => t.account_id === a.id));
    if (action === "terminate" || (prod && action !== "start" && action !== "resume")) {
      const [only] = sent;
      const accepted =
        sent.length === 1 && only
          ? [only.name, only.id].filter((text) => text !== "")
          : [`${action} ${sent.length}`, `${only?.account ?? ""} ${sent.length}`];
      return { type: "type", accepted };
    }
    const gentle = action === "start" || action === "resume";
    return gentle && sent.length === 1 && !prod ? { type: "none" } : { type: "click" };
  }
}

/** Caches have local disks, on the cloud that asks whether they may be discarded. */
function losesLocalDisks(action: Action, row: Row): boolean {
  return (
    row.provider === "gcp" && row.tags["role"] === "cache" && (action === "stop" || action === "suspend")
  );
}

/** The rank of a target: the lowest is listed first. */
function rank({ verdict, warnings: known }: PlannedTarget): number {
  if (verdict === "refused") return 2;
  if (verdict === "underway") return 3;
  if (verdict === "already") return 4;
  return known.length > 0 ? 0 : 1;
}

function warnings(action: Action, row: Row): Warning[] {
  const found: Warning[] = [];
  if (action === "start" || action === "resume") return found;
  if (action === "reboot") return row.provider === "gcp" ? [{ code: "hard" }] : found;
  if (losesLocalDisks(action, row)) found.push({ code: "local_disks_lost" });
  if (row.tags["role"] === "web") found.push({ code: "group_member", group: `asg-${row.tags["role"]}-prod` });
  const [ip] = row.public_ips;
  if (ip !== undefined) found.push({ code: "public_ip_lost", ip });
  if (row.stale && row.as_of) found.push({ code: "stale_row", as_of: row.as_of });
  return found;
}
