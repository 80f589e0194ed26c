// The table of the clouds: their names, marks and places. Only this table and the form that adds an
// account tell the clouds apart. What can be done with a resource comes with the resource, and the
// hosts of an account come from Rust.
import type { ProviderKind } from "$lib/ipc/types";
import * as m from "$messages";

/** The outline that stands for a cloud; see the icons' own table. */
export type CloudMark = "aws" | "gcp" | "demo";

type Cloud = {
  /** Short, for a column. */
  name: () => string;
  /** In full, for a form. */
  full: () => string;
  mark: CloudMark;
  /** What its scopes are, as a column's title. */
  place: () => string;
  /** "17 regions". */
  places: (of: { count: number }) => string;
};

const CLOUDS: Record<ProviderKind, Cloud> = {
  aws: {
    name: m.provider_aws,
    full: m.provider_aws,
    mark: "aws",
    place: m.scope_region,
    places: m.line_regions,
  },
  gcp: {
    name: m.provider_gcp,
    full: m.cloud_gcp,
    mark: "gcp",
    place: m.scope_zone,
    places: m.line_zones,
  },
  demo: {
    name: m.provider_demo,
    full: m.provider_demo,
    mark: "demo",
    place: m.scope_region,
    places: m.line_regions,
  },
};

/** "AWS", "GCP". */
export function providerName(provider: ProviderKind): string {
  return CLOUDS[provider].name();
}

/** "AWS", "Google Cloud". */
export function cloudName(provider: ProviderKind): string {
  return CLOUDS[provider].full();
}

/** The mark of a cloud. */
export function cloudMark(provider: ProviderKind): CloudMark {
  return CLOUDS[provider].mark;
}

/** "Region" or "Zone": the unit that the cloud is read by. */
export function placeName(provider: ProviderKind): string {
  return CLOUDS[provider].place();
}

/** "17 regions", "31 zones". */
export function placesText(provider: ProviderKind, count: number): string {
  return CLOUDS[provider].places({ count });
}
