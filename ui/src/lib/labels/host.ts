// The reasons for contacting a host.
import type { AllowedHost, HostPurpose } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import * as m from "$messages";

const PURPOSES: Record<HostPurpose, () => string> = {
  compute: m.purpose_compute,
  projects: m.purpose_projects,
  endpoint: m.purpose_endpoint,
  sign_in: m.purpose_sign_in,
  sso_portal: m.purpose_sso_portal,
  sso_token: m.purpose_sso_token,
  oauth_token: m.purpose_oauth_token,
  token_exchange: m.purpose_token_exchange,
  subject_token: m.purpose_subject_token,
  impersonation: m.purpose_impersonation,
};

/** Returns the reason for contacting a host: "compute API in eu-west-1". */
export function hostReason({ purpose, region, pattern }: AllowedHost): string {
  const text = PURPOSES[purpose]();
  if (region !== null) return m.host_in_region({ purpose: text, region: visible(region) });
  return pattern ? m.host_in_any_region({ purpose: text }) : text;
}
