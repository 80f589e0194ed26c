// What accounts' parts are called.
import type { Access, ProviderKind, SignIn, Source } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import { failureName } from "$lib/words/failure";
import * as m from "$messages";

const PROVIDERS: Record<ProviderKind, () => string> = { aws: m.provider_aws, demo: m.provider_demo };
const HEALTH = {
  ok: m.health_ok,
  partial: m.health_partial,
  failed: m.health_failed,
  unknown: m.health_unknown,
} as const;

/** "AWS". */
export function providerName(provider: ProviderKind): string {
  return PROVIDERS[provider]();
}

/** How an account stands, in a word. */
export function healthName(health: keyof typeof HEALTH): string {
  return HEALTH[health]();
}

/** "read-only". */
export function accessName(access: Access): string {
  return access === "read_only" ? m.access_read_only() : m.access_read_write();
}

/** Where an account's credentials come from. */
export function sourceName(source: Source): string {
  switch (source.type) {
    case "environment":
      return m.source_environment();
    case "profile":
      return m.source_profile({ profile: visible(source.profile) });
    case "keyring":
      return m.source_keyring();
    case "built_in":
      return m.source_built_in();
  }
}

/** Whether the credentials can be used. */
export function signInName(signIn: SignIn): string {
  switch (signIn.type) {
    case "not_tried":
      return m.sign_in_not_tried();
    case "ok":
      return m.sign_in_ok();
    case "failed":
      return failureName(signIn.failure.code);
  }
}
