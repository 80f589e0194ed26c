// The projects that one sign-in can see, and which of them are to be added.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { call, type IpcError, ipcError, LIMITS } from "$lib/ipc";
import type { AddedProjects, Failure, FindProjectsRequest, FoundProject } from "$lib/ipc/types";
import { words } from "$lib/accounts/form";

/** As many as one request adds at most. */
export const MOST = LIMITS.projects;
/** From how many on there is a filter. */
export const MANY = 8;

export class Projects {
  /** Those found; `null` before anybody looked. */
  found = $state.raw<FoundProject[] | null>(null);
  /** Whose they are. */
  principal = $state("");
  filter = $state("");
  /** Ids typed by hand. */
  typed = $state("");
  looking = $state(false);
  error = $state.raw<IpcError | null>(null);
  /** The number of projects in the last attempt. */
  tried = $state(0);
  /** Those found that are selected. */
  readonly chosen = new SvelteSet<string>();
  /** The failures of the last attempt, by project. */
  readonly failed = new SvelteMap<string, Failure>();

  /** Those that the filter shows. */
  readonly shown = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    return (this.found ?? []).filter(({ project, name }) =>
      [project, name].some((text) => text.toLowerCase().includes(wanted)),
    );
  });
  /** Those that would be added: the selected ones, then those typed by hand. */
  readonly picked = $derived.by(() => {
    const typed = words(this.typed).filter((project) => !this.chosen.has(project));
    return [...this.chosen, ...typed.filter((project, at) => typed.indexOf(project) === at)];
  });

  /** Counts the forgotten searches: a reply to an earlier one is dropped. */
  #round = 0;

  /** Asks the cloud what the credentials can see. Nothing is added by looking. */
  async find(request: FindProjectsRequest): Promise<void> {
    this.forget();
    const round = this.#round;
    this.looking = true;
    try {
      const { principal, projects } = await call("find_projects", request);
      if (round !== this.#round) return;
      this.found = projects;
      this.principal = principal;
      this.#take();
    } catch (error) {
      if (round === this.#round) this.error = ipcError(error);
    } finally {
      if (round === this.#round) this.looking = false;
    }
  }

  /** Selects what needs no choice: the ones typed by hand that were found, or the only one there is. */
  #take(): void {
    const open = (this.found ?? []).filter(({ added }) => !added).map(({ project }) => project);
    const typed = words(this.typed);
    for (const project of open) {
      if (typed.includes(project) || (open.length === 1 && typed.length === 0)) this.chosen.add(project);
    }
    this.typed = typed.filter((project) => !this.chosen.has(project)).join(", ");
  }

  /** Forgets the found projects, which belong to other credentials. Typed projects stay. */
  forget(): void {
    this.#round += 1;
    this.looking = false;
    this.found = null;
    this.principal = "";
    this.filter = "";
    this.error = null;
    this.chosen.clear();
    this.failed.clear();
  }

  toggle(project: string): void {
    if (this.chosen.delete(project)) return;
    if (this.found?.some((one) => one.project === project && !one.added)) this.chosen.add(project);
  }

  /** Selects those that the filter shows, as many as can be added at once. */
  all(): void {
    for (const { project, added } of this.shown) {
      if (!added && this.picked.length < MOST) this.chosen.add(project);
    }
  }

  none(): void {
    this.chosen.clear();
  }

  /** Takes over what became of those that were to be added: what failed stays selected. */
  settle({ added, failed }: AddedProjects): void {
    const done = added.map(({ project }) => project);
    this.tried = added.length + failed.length;
    this.failed.clear();
    for (const { project, failure } of failed) this.failed.set(project, failure);
    for (const project of done) if (project !== null) this.chosen.delete(project);
    this.typed = words(this.typed)
      .filter((project) => !done.includes(project))
      .join(", ");
    this.found =
      this.found?.map((one) => (done.includes(one.project) ? { ...one, added: true } : one)) ?? null;
  }
}
