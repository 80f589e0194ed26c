// The table of the clouds: their names, marks, places and endpoints. The one place, beside the form
// that adds an account, where the window knows one cloud from another. What can be done with a
// resource is not here; it comes with the resource.
import type { Account, ProviderKind } from "$lib/ipc/types";
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
  /** Its own endpoints for an account; a custom one of the account stands for them. */
  endpoints: (account: Account) => string[];
  /** Where tokens come from, whatever the account's endpoint is. */
  tokens: (account: Account) => string[];
};

const GOOGLE = (name: string) => `https://${name}.googleapis.com`;

const CLOUDS: Record<ProviderKind, Cloud> = {
  aws: {
    name: m.provider_aws,
    full: m.provider_aws,
    mark: "aws",
    place: m.scope_region,
    places: m.line_regions,
    endpoints: ({ scopes, regions }) => [
      ...(scopes.length > 0 ? scopes.map(({ location }) => location) : regions).map(
        (region) => `https://ec2.${region}.amazonaws.com`,
      ),
      "https://sts.<region>.amazonaws.com",
    ],
    tokens: () => [],
  },
  gcp: {
    name: m.provider_gcp,
    full: m.cloud_gcp,
    mark: "gcp",
    place: m.scope_zone,
    places: m.line_zones,
    endpoints: () => [GOOGLE("compute"), GOOGLE("cloudresourcemanager")],
    // A key signs its own tokens and a variable holds one; only the tools' credentials fetch them.
    tokens: ({ source }) =>
      source.type === "application_default"
        ? [GOOGLE("oauth2"), GOOGLE("sts"), GOOGLE("iamcredentials")]
        : [],
  },
  demo: {
    name: m.provider_demo,
    full: m.provider_demo,
    mark: "demo",
    place: m.scope_region,
    places: m.line_regions,
    endpoints: () => [],
    tokens: () => [],
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

/** Where an account's requests go. */
export function endpointsFor(account: Account): string[] {
  const cloud = CLOUDS[account.provider];
  return [
    ...(account.endpoint === null ? cloud.endpoints(account) : [account.endpoint]),
    ...cloud.tokens(account),
  ];
}
