// Reads the form that adds an account into a request.
import type { AddAccountRequest, Credentials, FoundAccount } from "$lib/ipc/types";

/** How the credentials are given. */
export type Way = "keys" | "profile" | "environment";

/** The request that a filled form means. An endpoint field that is not there approves none. */
export function readForm(way: Way, form: FormData): AddAccountRequest {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  return {
    provider: "aws",
    name: text("name"),
    credentials: credentials(way, text),
    endpoint: text("endpoint") || null,
    regions: text("regions")
      .split(/[\s,]+/)
      .filter((region) => region !== ""),
    access: form.has("read_write") ? "read_write" : "read_only",
    prod: form.has("prod"),
  };
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
  }
}

export type Profile = { profile: string; region: string | null; added: boolean };

/** The profiles among what was found on this machine. */
export function profilesOf(found: readonly FoundAccount[]): Profile[] {
  return found.flatMap(({ source, region, added }) =>
    source.type === "profile" ? [{ profile: source.profile, region, added }] : [],
  );
}

/** A name to start from: the profile's, but for the one that says nothing. */
export function suggestedName(profile: string | null): string {
  return profile === null || profile === "default" ? "" : profile;
}
