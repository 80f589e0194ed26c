// The dialog that adds accounts: the cloud, the way, and what becomes of a filled form.
import { type IpcError, ipcError } from "$lib/ipc";
import { accounts } from "$lib/accounts/accounts.svelte";
import {
  applicationDefault,
  byProject,
  type Cloud,
  errorField,
  needsKeyring,
  profilesOf,
  readTerms,
  readForm,
  type Start,
  suggestedName,
  type Way,
  waysOf,
} from "$lib/accounts/form";
import { KeyringCheck } from "$lib/accounts/keyring-check.svelte";
import { Projects } from "$lib/accounts/projects.svelte";

export class Adding {
  cloud = $state<Cloud>("aws");
  busy = $state(false);
  error = $state.raw<IpcError | null>(null);
  /** The name, once the operator has typed one. */
  name = $state<string | null>(null);
  readonly projects = new Projects();
  readonly keyring = new KeyringCheck();
  /** The project that was filled in, not typed. */
  #offered = "";
  /** The profile that was chosen or typed. */
  #profile = $state<string | null>(null);
  #way = $state<Way | null>(null);

  readonly ways = $derived(waysOf(this.cloud, accounts.found));
  /** The way that was chosen, or else the first one. */
  readonly way = $derived.by((): Way => {
    const chosen = this.#way;
    return chosen !== null && this.ways.includes(chosen) ? chosen : (this.ways[0] ?? "keys");
  });
  readonly byProject = $derived(byProject(this.cloud));
  /** Several projects will be added, each under its own name. */
  readonly several = $derived(this.byProject && this.projects.picked.length > 1);
  /** The profile that the form shows: the chosen one, or else the first that was found. */
  readonly profile = $derived(this.#profile ?? profilesOf(accounts.found)[0]?.profile ?? null);
  /** A name to start from. */
  readonly suggestion = $derived.by(() => {
    if (this.byProject) return this.projects.picked[0] ?? "";
    return this.way === "profile" ? suggestedName(this.profile) : "";
  });
  readonly needsKeyring = $derived(needsKeyring(this.way));
  /** The reason why the keyring cannot take this way's key; `null` if nothing is known against it. */
  readonly blocked = $derived(this.needsKeyring ? this.keyring.failure : null);
  /** The field that the error belongs to, if that field is in the form. */
  readonly errorField = $derived.by(() => {
    const field = errorField(this.error?.code);
    return field === "name" && this.several ? null : field;
  });

  constructor({ cloud, way, profile, project }: Start) {
    this.cloud = cloud;
    this.#way = way;
    this.#profile = profile;
    this.#offer(project);
  }

  chooseCloud(cloud: Cloud): void {
    this.cloud = cloud;
    this.chooseWay(null);
  }

  /** Takes another way; the projects found by the one before are not its own. */
  chooseWay(way: Way | null): void {
    this.#way = way;
    this.error = null;
    this.projects.forget();
    const project = applicationDefault(this.cloud, accounts.found)?.project ?? null;
    this.#offer(this.way === "application_default" ? project : null);
  }

  /** Takes a profile, whose name becomes that of the account, unless another was typed. */
  chooseProfile(profile: string): void {
    this.#profile = profile;
    if (this.name === "") this.name = null;
  }

  /** Forgets the error of a field whose text has changed. */
  edited(field: string): void {
    if (field === this.errorField) this.error = null;
  }

  /** Looks which projects the credentials in the form can see. */
  async find(form: FormData): Promise<void> {
    this.error = null;
    const { provider, credentials, endpoint } = readTerms(this.cloud, this.way, form);
    await this.projects.find({ provider, credentials, endpoint });
  }

  /** Adds what the form says; `true` when all of it was added. */
  async submit(form: FormData): Promise<boolean> {
    if (this.busy || this.blocked) return false;
    this.busy = true;
    this.error = null;
    this.projects.failed.clear();
    try {
      return this.several ? await this.#addSeveral(form) : await this.#addOne(form);
    } catch (thrown) {
      this.error = ipcError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Fills the project in that goes with the credentials, over the one of others, but over nothing typed. */
  #offer(project: string | null): void {
    if (this.projects.typed === this.#offered) this.projects.typed = project ?? "";
    this.#offered = project ?? "";
  }

  async #addOne(form: FormData): Promise<true> {
    const project = this.byProject ? (this.projects.picked[0] ?? null) : null;
    await accounts.add(readForm(this.cloud, this.way, form, project));
    return true;
  }

  async #addSeveral(form: FormData): Promise<boolean> {
    const projects = this.projects.picked;
    const reply = await accounts.addProjects({ ...readTerms(this.cloud, this.way, form), projects });
    this.projects.settle(reply);
    return reply.failed.length === 0;
  }
}
