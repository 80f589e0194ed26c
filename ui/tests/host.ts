// A host whose answers a test writes, and which remembers what it was asked.
import type { Command, Reply, Request } from "$lib/ipc";
import { useHost } from "$lib/ipc/host";

export type Answers = { [C in Command]?: (request: Request<C>) => Reply<C> | Promise<Reply<C>> };

export function host(answers: Answers): { asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  useHost({
    invoke: async (command, request) => {
      asked.push([command, request]);
      const answer = answers[command as Command] as ((request: unknown) => unknown) | undefined;
      if (!answer) throw new Error(`nobody answers ${command}`);
      return answer(request);
    },
    onChanged: () => Promise.resolve(() => undefined),
  });
  return { asked };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}
