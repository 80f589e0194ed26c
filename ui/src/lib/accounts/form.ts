// The form that adds accounts: its ways, and what a filled one asks for.
import type {
  Access,
  AddAccountRequest,
  CommandCode,
  Credentials,
  FoundAccount,
  ProviderKind,
} from "$lib/ipc/types";

/** A cloud whose accounts are added by the form. */
export type Cloud = Exclude<ProviderKind, "demo">;
/** The kind of credentials. */
export type Way = "keys" | "profile" | "environment" | "application_default" | "key_file" | "variable";
/** The form's start. */
export type Start = { cloud: Cloud; way: Way | null; profile: string | null; project: string | null };

export const CLOUDS: readonly Cloud[] = ["aws", "gcp"];
const WAYS: Record<Cloud, readonly Way[]> = {
  aws: ["keys", "profile", "environment"],
  gcp: ["key_file", "variable", "application_default"],
};
/** The clouds whose credentials do not say which account they are for, as one sign-in has many. */
const BY_PROJECT: readonly Cloud[] = ["gcp"];
/** The ways whose key goes to the OS keyring. */
const KEYRING: readonly Way[] = ["keys", "key_file"];
/** Examples of regions, as each cloud names them. */
export const REGIONS: Record<ProviderKind, string> = {
  aws: "eu-west-1, us-east-1",
  gcp: "europe-west1, us-central1",
  demo: "eu-west-1, us-east-1",
};
/** A field that an error of the host belongs to. */
export type ErrorField = "name" | "project" | "endpoint";
const ERROR_FIELDS: Partial<Record<CommandCode, ErrorField>> = {
  name_taken: "name",
  bad_name: "name",
  bad_project: "project",
  endpoint_refused: "endpoint",
};
/** The fields that say whose projects are found: when one changes, those found are forgotten. */
export const IDENTITY_FIELDS: readonly string[] = ["path", "variable", "custom_endpoint", "endpoint"];

/** Returns true if the key of this way goes to the OS keyring. */
export function needsKeyring(way: Way): boolean {
  return KEYRING.includes(way);
}

/** Returns the field that an error belongs to; `null` for an error of the whole form. */
export function errorField(code: CommandCode | undefined): ErrorField | null {
  return (code && ERROR_FIELDS[code]) ?? null;
}

/** Returns true if the form asks for projects. */
export function byProject(cloud: Cloud): boolean {
  return BY_PROJECT.includes(cloud);
}

/** The ways of a cloud; what its own tools have set up on this machine comes first. */
export function waysOf(cloud: Cloud, found: readonly FoundAccount[]): readonly Way[] {
  const rank = (way: Way) => (way === "application_default" && applicationDefault(cloud, found) ? 0 : 1);
  return WAYS[cloud].toSorted((a, b) => rank(a) - rank(b));
}

/** The application default credentials of a cloud, if they were found on this machine. */
export function applicationDefault(cloud: Cloud, found: readonly FoundAccount[]): FoundAccount | null {
  return (
    found.find(({ provider, source }) => provider === cloud && source.type === "application_default") ?? null
  );
}

/** The start that leads to adding what was found; `null` for what the form cannot add. */
export function startFrom({ provider, source, project }: FoundAccount): Start | null {
  const cloud = CLOUDS.find((one) => one === provider);
  const way = cloud && WAYS[cloud].find((one) => one === source.type);
  if (!cloud || !way) return null;
  return { cloud, way, profile: source.type === "profile" ? source.profile : null, project };
}

/** Reads one text of the form, without the space around it. */
function reader(form: FormData): (name: string) => string {
  return (name) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
}

/** The part of the request that all accounts of the form share. A missing endpoint field approves none. */
export type Terms = {
  provider: Cloud;
  credentials: Credentials;
  endpoint: string | null;
  regions: string[];
  access: Access;
  prod: boolean;
};

export function readTerms(cloud: Cloud, way: Way, form: FormData): Terms {
  const text = reader(form);
  return {
    provider: cloud,
    credentials: credentials(way, text),
    endpoint: text("endpoint") || null,
    regions: words(text("regions")),
    access: form.has("read_write") ? "read_write" : "read_only",
    prod: form.has("prod"),
  };
}

/** The request that adds one account. */
export function readForm(
  cloud: Cloud,
  way: Way,
  form: FormData,
  project: string | null = null,
): AddAccountRequest {
  return { ...readTerms(cloud, way, form), name: reader(form)("name"), project };
}

function credentials(way: Way, text: (name: string) => string): Credentials {
  switch (way) {
    case "keys":
      return {
        type: "keys",
        access_key_id: text("access_key_id"),
        secret_access_key: text("secret_access_key"),
        session_token: text("session_token") || null,
      };
    case "profile":
      return { type: "profile", profile: text("profile") };
    case "environment":
      return { type: "environment" };
    case "application_default":
      return { type: "application_default" };
    case "key_file":
      return { type: "key_file", path: text("path") };
    case "variable":
      return { type: "variable", variable: text("variable") };
  }
}

/** The words of a text, between spaces and commas. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** Returns the first word that cannot be the name of a region, in any cloud; `null` if there is none. */
export function badRegion(text: string): string | null {
  return words(text).find((word) => !/^[A-Za-z0-9-]+$/.test(word)) ?? null;
}

export type Profile = { profile: string; region: string | null; added: boolean };

/** The profiles among what was found on this machine. */
export function profilesOf(found: readonly FoundAccount[]): Profile[] {
  return found.flatMap(({ source, region, added }) =>
    source.type === "profile" ? [{ profile: source.profile, region, added }] : [],
  );
}

/** A name to start from: the profile's, except `default`, which says nothing. */
export function suggestedName(profile: string | null): string {
  return profile === null || profile === "default" ? "" : profile;
}
