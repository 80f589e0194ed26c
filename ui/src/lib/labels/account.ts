// What accounts' parts are called.
import type { Access, Action, FoundAccount, SignIn, Source } from "$lib/ipc/types";
import { either } from "$lib/i18n/format";
import { visible } from "$lib/text/visible";
import { actionName } from "$lib/labels/action";
import { cloudName } from "$lib/labels/clouds";
import { failureName } from "$lib/labels/failure";
import * as m from "$messages";

const HEALTH = {
  ok: m.health_ok,
  partial: m.health_partial,
  failed: m.health_failed,
  unknown: m.health_unknown,
} as const;

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
    case "sign_in":
      return m.source_sign_in();
    case "variable":
      return m.source_variable({ variable: visible(source.variable) });
    case "application_default":
      return m.source_application_default();
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

/** "AWS: profile ops · eu-west-1": credentials found on this machine. */
export function foundName({ provider, source, project, region }: FoundAccount): string {
  return [
    m.found_title({ cloud: cloudName(provider), source: sourceName(source) }),
    project === null ? "" : m.found_project({ project: visible(project) }),
    region === null ? "" : visible(region),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

/** "cannot stop or suspend": what a verify found that the cloud denies; only that was asked. */
export function deniedText(denied: readonly Action[]): string {
  return m.permissions_denied({
    actions: either(denied.map((action) => actionName(action).toLocaleLowerCase())),
  });
}
