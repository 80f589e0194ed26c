// The stand-in for the application, in a plain browser: for development, pictures and tests.
import type { Command, Host, Reply, Request } from "$lib/ipc/contract";
import { accountCommands } from "./accounts";
import { Cloud } from "./cloud";
import { SHOWN } from "./counts";
import { detailCommands } from "./details";
import { inventoryCommands } from "./inventory";
import { Plans } from "./plans";
import { projectCommands } from "./projects";
import { scenario } from "./scenario";

export type Answers = { [C in Command]: (request: Request<C>) => Reply<C> };

export function fakeHost(address: URLSearchParams): Host {
  const cloud = new Cloud(scenario(address));
  const plans = new Plans(cloud);
  const answers: Answers = {
    ...inventoryCommands(cloud),
    ...detailCommands(cloud),
    ...accountCommands(cloud),
    ...projectCommands(cloud),
    plan_action: ({ action, target, options }) => plans.make(action, target, options),
    commit_plan: ({ nonce, confirmation }) => plans.commit(nonce, confirmation),
    list_operations: ({ limit }) => ({
      operations: cloud.operations
        .slice(0, limit)
        .map((operation) => ({ ...operation, targets: operation.targets.slice(0, SHOWN) })),
    }),
    list_journal: ({ limit, before }) => ({
      entries: cloud.journal.filter(({ seq }) => before === null || seq < before).slice(0, limit),
    }),
    verify_journal: () => ({ type: "intact", entries: cloud.journal.length, head: "c0ffee".repeat(10) }),
  };
  return {
    invoke: async (command, request) => {
      if (cloud.scenario.lag > 0) await new Promise((done) => setTimeout(done, cloud.scenario.lag));
      const answer = answers[command as Command] as ((request: unknown) => unknown) | undefined;
      if (!answer) throw new Error(`no such command: ${command}`);
      // As over real IPC, nothing is shared between the two sides.
      return structuredClone(answer(request));
    },
    onChanged: (handler) => {
      cloud.listeners.add(handler);
      return Promise.resolve(() => cloud.listeners.delete(handler));
    },
  };
}
