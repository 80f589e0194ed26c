// The stand-in's hosts: made-up names, as no request leaves it.
import type { Account, AccountHosts, AllowedHost } from "$lib/ipc/types";

const host = (origin: string, purpose: AllowedHost["purpose"], region: string | null): AllowedHost => ({
  origin,
  purpose,
  region,
  pattern: origin.includes("*"),
});

/** The hosts of a made-up account. */
export function hostsOf({ id, name, provider, endpoint, scopes }: Account): AccountHosts {
  const hosts = () => {
    if (provider === "demo") return [];
    if (endpoint !== null) return [host(endpoint, "endpoint", null)];
    const compute = scopes.map(({ location }) =>
      host(`https://${location}.compute.example`, "compute", location),
    );
    return [
      host("https://sign-in.example", "sign_in", null),
      ...compute,
      host("https://*.compute.example", "compute", null),
    ];
  };
  return { account: id, name, hosts: hosts(), failure: null };
}
