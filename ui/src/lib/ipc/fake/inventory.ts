// The stand-in's inventory: queries, the selection, details.
import type { InventoryWindow, Row, SelectionChange, SelectionSummary } from "$lib/ipc/types";
import type { Cloud } from "./cloud";
import { missing } from "./errors";
import type { Answers } from "./host";
import { type Filter, parse, sorted, tally } from "./query";

const ACTIONS = ["start", "stop", "reboot", "terminate"] as const;
type Own =
  | "get_status"
  | "query_inventory"
  | "update_selection"
  | "get_resource"
  | "get_document"
  | "copy_command"
  | "open_console";

export function inventoryCommands(cloud: Cloud): Pick<Answers, Own> {
  const find = (key: string): Row => {
    const row = cloud.rows.find((one) => one.key === key);
    if (!row) throw missing(key);
    return row;
  };
  const filterOf = (query: string): Filter => {
    const parsed = parse(query);
    return "filter" in parsed ? parsed.filter : () => false;
  };
  const states = (rows: Row[]) =>
    tally(rows, (row) => row.state).map(({ value, count }) => ({ state: value as Row["state"], count }));
  const summary = (query: string): SelectionSummary => {
    const shown = filterOf(query);
    const all = cloud.rows.filter(({ key }) => cloud.selected.has(key));
    const visible = all.filter(shown);
    return {
      count: all.length,
      hidden: all.length - visible.length,
      actions: ACTIONS.map((action) => ({
        action,
        eligible: visible.filter((row) => cloud.accepts(action, row)).length,
        total: visible.length,
      })),
    };
  };
  const select = (change: SelectionChange): void => {
    const { selected } = cloud;
    if (change.type === "toggle") {
      if (!selected.delete(change.key)) selected.add(change.key);
      return;
    }
    if (change.type === "range") {
      const keys = sorted(cloud.rows.filter(filterOf(change.query)), change.sort).map(({ key }) => key);
      const ends = [keys.indexOf(change.from), keys.indexOf(change.to)].sort((a, b) => a - b);
      keys.slice(ends[0], (ends[1] ?? 0) + 1).forEach((key) => selected.add(key));
      return;
    }
    selected.clear();
    if (change.type === "set") change.keys.forEach((key) => selected.add(key));
    if (change.type === "all")
      cloud.rows.filter(filterOf(change.query)).forEach(({ key }) => selected.add(key));
  };
  return {
    get_status: () => ({
      version: "0.1.0",
      data_dir: "/home/operator/.local/share/nephoscope",
      ready: cloud.scenario.state !== "warming",
      accounts: cloud.accounts.length,
      demo: cloud.accounts.some(({ provider }) => provider === "demo"),
      changes: { ...cloud.changes },
      totals: {
        all: cloud.rows.length,
        stale: cloud.rows.filter(({ stale }) => stale).length,
        states: states(cloud.rows),
      },
      keyring: "ok",
      notes: [],
    }),
    query_inventory: ({ query, sort, offset, limit }): InventoryWindow => {
      const parsed = parse(query);
      const matching = "filter" in parsed ? cloud.rows.filter(parsed.filter) : [];
      return {
        generation: cloud.changes.inventory,
        ready: cloud.scenario.state !== "warming",
        total: matching.length,
        inventory_total: cloud.rows.length,
        offset,
        rows: sorted(matching, sort)
          .slice(offset, offset + limit)
          .map((row) => ({ ...row, selected: cloud.selected.has(row.key) })),
        facets: {
          states: tally(matching, (row) => row.state),
          providers: tally(matching, (row) => row.provider),
          accounts: tally(matching, (row) => row.account),
          regions: tally(matching, (row) => row.region),
        },
        totals: states(matching),
        stale: matching.filter(({ stale }) => stale).length,
        selection: summary(query),
        error: "error" in parsed ? parsed.error : null,
      };
    },
    update_selection: ({ change, query }) => {
      select(change);
      return summary(query);
    },
    get_resource: ({ key }) => {
      const row = find(key);
      return {
        row: { ...row, selected: cloud.selected.has(key) },
        realm: key.split(":")[1] ?? "",
        facts: {
          lifecycle: row.tags["role"] === "batch" ? "spot" : "on_demand",
          group: row.tags["role"] === "web" ? "asg-web-prod" : null,
          managed_by: null,
          root_is_local: false,
          ephemeral_public_ip: row.public_ips[0] ?? null,
          image: "ami-0c02fb55956c7d316",
          architecture: "x86_64",
          platform: "Linux/UNIX",
          network: "vpc-0a1b2c3d4e5f60718",
          subnet: "subnet-0a1b2c3d4e5f60718",
          security_groups: ["sg-0123456789abcdef0", "sg-0fedcba9876543210"],
          identity: "arn:aws:iam::123456789012:instance-profile/web",
          key_pair: "ops-2026",
          disks: ["vol-0123456789abcdef0"],
          state_reason: null,
        },
        actions: ACTIONS.map((action) => ({ action, possible: cloud.accepts(action, row) })),
        console: row.provider === "aws",
        journal: cloud.journal.filter((entry) => entry.key === key).slice(0, 20),
      };
    },
    get_document: ({ key }) => {
      const { id, size, private_ips, tags, state } = find(key);
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const document = {
        InstanceId: id,
        InstanceType: size,
        PrivateIpAddress: private_ips[0],
        State: state,
        Tags,
      };
      return { json: JSON.stringify(document, null, 2) };
    },
    copy_command: ({ action, keys }) => {
      const ids = keys.map((key) => key.split(":").slice(4).join(":"));
      return { command: `aws ec2 ${action}-instances --instance-ids ${ids.join(" ")}` };
    },
    open_console: () => ({}),
  };
}
