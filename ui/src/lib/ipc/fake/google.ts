// The stand-in's Google Cloud: its zones, its projects, what its documents look like.
import type { FoundProject, Row, State } from "$lib/ipc/types";

const REGIONS: Record<string, string> = {
  "asia-east1": "abc",
  "asia-northeast1": "abc",
  "asia-south1": "abc",
  "australia-southeast1": "abc",
  "europe-north1": "abc",
  "europe-west1": "bcd",
  "europe-west4": "abc",
  "me-central1": "abc",
  "northamerica-northeast1": "abc",
  "southamerica-east1": "abc",
  "us-central1": "abcf",
  "us-east4": "abc",
  "us-west1": "abc",
};
export const ZONES = Object.entries(REGIONS).flatMap(([region, letters]) =>
  [...letters].map((letter) => `${region}-${letter}`),
);
/** The zones that machines are in. */
export const USED = ["europe-west4-a", "europe-west4-b", "us-central1-f", "northamerica-northeast1-a"];
export const SIZES = ["e2-standard-4", "n2-highmem-16", "c3-standard-22", "t2d-standard-8"];

/** The provider's word for a state: a stopped machine is TERMINATED, and still there. */
export function statusOf(state: State): string {
  return state === "stopped" ? "TERMINATED" : state === "pending" ? "STAGING" : state.toUpperCase();
}

/** The projects that one sign-in can list. */
export function projects(taken: ReadonlySet<string>): FoundProject[] {
  const names: [string, string][] = [
    ["acme-build-2024", "Build farm"],
    ["acme-data-lake", "Data lake"],
    ["acme-edge-eu", "Edge, Europe"],
    ["acme-edge-us", "Edge, United States"],
    ["acme-ml-training-experiments-1", "Training experiments of the recommendation team"],
    ["acme-payments-prod", "Payments"],
    ["acme-payments-staging", "Payments staging"],
    ["acme-sandbox-417", ""],
    ["acme-search-staging", "Search staging"],
    ["acme-support-tools", "Support tools"],
    ["acme-web-prod", "Web"],
    ["no-compute-api-here", "Not enabled"],
  ];
  return names.map(([project, name]) => ({ project, name, added: taken.has(project) }));
}

/** The part of a document that a listing shows, and the rest of the full document. */
export function documentOf(row: Row, whole: boolean): object {
  const listed = {
    id: row.id,
    name: row.name,
    status: row.raw_state,
    zone: `https://www.googleapis.com/compute/v1/projects/p/zones/${row.zone ?? ""}`,
    machineType: row.size,
    labels: row.tags,
    networkInterfaces: [{ networkIP: row.private_ips[0] }],
  };
  const rest = {
    deletionProtection: false,
    fingerprint: "u8Bw3vXQ0bY=",
    metadata: { items: [{ key: "enable-oslogin", value: "TRUE" }] },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true },
  };
  return whole ? { kind: "compute#instance", ...listed, ...rest } : listed;
}
