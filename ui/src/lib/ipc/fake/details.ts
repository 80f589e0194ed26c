// The stand-in's single resources: facts, documents, commands.
import type { Facts, Row } from "$lib/ipc/types";
import { type Cloud, has } from "./cloud";
import { commandError, missing } from "./errors";
import { documentOf } from "./google";
import type { Answers } from "./host";
import { ACTIONS } from "./inventory";

type Own = "get_resource" | "get_document" | "fetch_document" | "copy_command" | "open_console";

export function detailCommands(cloud: Cloud): Pick<Answers, Own> {
  const find = (key: string): Row => {
    const row = cloud.rows.find((one) => one.key === key);
    if (!row) throw missing(key);
    return row;
  };
  const document = (row: Row) => {
    // Only Google's listing leaves members out.
    const whole = row.provider !== "gcp" || cloud.whole.has(row.key);
    const content = row.provider === "gcp" ? documentOf(row, whole) : item(row);
    return { json: JSON.stringify(content, null, 2), as_of: row.as_of, whole };
  };
  return {
    get_resource: ({ key }) => {
      const row = find(key);
      return {
        row: { ...row, selected: cloud.selected.has(key) },
        realm: key.split(":")[1] ?? "",
        facts: facts(row),
        actions: ACTIONS.filter((action) => has(action, row)).map((action) => ({
          action,
          possible: cloud.accepts(action, row),
        })),
        console: row.provider !== "demo",
        journal: cloud.journal.filter((entry) => entry.key === key).slice(0, 20),
      };
    },
    get_document: ({ key }) => document(find(key)),
    fetch_document: ({ key }) => {
      const row = find(key);
      if (row.error) {
        throw commandError({ code: "failed", failure: row.error.code, message: row.error.message });
      }
      cloud.whole.add(key);
      return { ...document(row), as_of: new Date().toISOString() };
    },
    copy_command: ({ action, keys, options }) => {
      const [first] = keys.map(find);
      const ids = keys.map((key) => key.split(":").slice(4).join(":")).join(" ");
      if (first?.provider !== "gcp") {
        return { command: `aws ec2 ${action}-instances --instance-ids ${ids}` };
      }
      const verb = action === "reboot" ? "reset" : action === "terminate" ? "delete" : action;
      return {
        command: `gcloud compute instances ${verb} ${ids} --zone ${first.zone ?? ""}${options.discard_local_disks ? " --discard-local-ssd=true" : ""}`,
      };
    },
    open_console: () => ({}),
  };
}

function facts(row: Row): Facts {
  const role = row.tags["role"];
  const common = {
    lifecycle: role === "batch" ? "spot" : "on_demand",
    managed_by: null,
    root_is_local: false,
    ephemeral_public_ip: row.public_ips[0] ?? null,
    architecture: "x86_64",
    state_reason: null,
  } as const;
  if (row.provider === "gcp") {
    return {
      ...common,
      group: role === "web" ? "mig-web-prod" : null,
      image: "debian-12-bookworm-v20260310",
      platform: null,
      network: "default",
      subnet: `default (${row.region})`,
      security_groups: ["http-server", "https-server"],
      identity: "web@acme-search-staging.iam.gserviceaccount.com",
      key_pair: null,
      disks: role === "cache" ? [row.name, "local-ssd-0"] : [row.name],
    };
  }
  return {
    ...common,
    group: role === "web" ? "asg-web-prod" : null,
    image: "ami-0c02fb55956c7d316",
    platform: "Linux/UNIX",
    network: "vpc-0a1b2c3d4e5f60718",
    subnet: "subnet-0a1b2c3d4e5f60718",
    security_groups: ["sg-0123456789abcdef0", "sg-0fedcba9876543210"],
    identity: "arn:aws:iam::123456789012:instance-profile/web",
    key_pair: "ops-2026",
    disks: ["vol-0123456789abcdef0"],
  };
}

function item({ id, size, private_ips, tags, state }: Row): object {
  return {
    InstanceId: id,
    InstanceType: size,
    PrivateIpAddress: private_ips[0],
    State: state,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
