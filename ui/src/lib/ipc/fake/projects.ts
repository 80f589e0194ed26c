// The stand-in's sign-ins with many projects.
import type { Account, Failure } from "$lib/ipc/types";
import type { Cloud } from "./cloud";
import { commandError } from "./errors";
import { accounts, rows } from "./fleet";
import { projects } from "./google";
import type { Answers } from "./host";

/** The project whose API is not enabled. */
const CLOSED = "no-compute-api-here";

export function projectCommands(cloud: Cloud): Pick<Answers, "find_projects" | "add_projects"> {
  return {
    find_projects: ({ credentials }) => {
      if (credentials.type === "key_file" && !credentials.path.endsWith(".json")) {
        throw commandError({
          code: "failed",
          failure: "credentials_missing",
          message: `${credentials.path}: no such file`,
        });
      }
      const taken = new Set(cloud.accounts.flatMap(({ project }) => project ?? []));
      return { principal: "nephoscope@acme.iam.gserviceaccount.com", projects: projects(taken) };
    },
    add_projects: ({ projects: wanted, ...request }) => {
      const added: Account[] = [];
      const failed: { project: string; failure: Failure }[] = [];
      for (const project of wanted) {
        if (project === CLOSED) {
          const message = `Compute Engine API has not been used in project ${project} before or it is disabled`;
          failed.push({ project, failure: { code: "not_enabled", message } });
          continue;
        }
        const like = accounts(Date.now()).find(({ provider }) => provider === request.provider);
        if (!like) continue;
        const { provider, endpoint, regions, access, prod } = request;
        const own = { id: crypto.randomUUID(), name: project, project, realm: project };
        added.push({ ...like, ...own, provider, endpoint, regions, access, prod });
      }
      cloud.accounts.push(...added);
      if (added.length > 0) cloud.rows.push(...rows(12 * added.length, added, Date.now(), false));
      cloud.count();
      cloud.changed("accounts", "inventory");
      return { added, failed };
    },
  };
}
