// One action on its way: planned, confirmed in proportion, sent. The core checks every step again.
import { call, ipcError, type IpcError } from "$lib/ipc";
import type { Action, ActionOptions, CommitRefusal, Plan, PlanTarget } from "$lib/ipc/types";
import { needsDialog } from "$lib/actions/confirmation";
import { count } from "$lib/i18n/format";
import { inventory } from "$lib/inventory/inventory.svelte";
import { type Copied, copyPromised } from "$lib/shell/clipboard";
import { screens } from "$lib/shell/screens.svelte";
import { type ToastAction, toasts } from "$lib/shell/toasts.svelte";
import { actionName, inverse } from "$lib/labels/action";
import { commitRefusal } from "$lib/labels/plan";
import * as m from "$messages";

export type Phase = "closed" | "planning" | "ready" | "sending";

/** An action without any option. */
const PLAIN: ActionOptions = { force: false, hibernate: false, discard_local_disks: false };
/** A spinner only after this, in milliseconds. */
const PATIENCE_MS = 300;

class Planning {
  phase = $state<Phase>("closed");
  action = $state<Action>("start");
  plan = $state.raw<Plan | null>(null);
  /** What the operator typed to confirm. */
  typed = $state("");
  refusal = $state.raw<CommitRefusal | null>(null);
  error = $state.raw<IpcError | null>(null);
  /** Whether the dialog is on screen: not for what needs no confirmation, nor for a quick plan. */
  visible = $state(false);

  /** What is planned for. */
  target = $state.raw<PlanTarget | null>(null);
  /** Selected rows that the query hides; they are left out unless they are asked for. */
  hidden = $state(0);
  /** The parameters of the action. */
  options = $state<ActionOptions>({ ...PLAIN });
  /** Whether that is a question here, by the last plan. */
  asksDiscard = $state(false);
  /** The options that a target's cloud takes, by the last plan. */
  offers = $state({ force: false, hibernate: false });

  #round = 0;

  /** How many would be sent. */
  readonly eligible = $derived(this.plan?.counts.eligible ?? 0);
  /** Whether what must be done to confirm has been done. */
  readonly confirmed = $derived.by(() => {
    if (!this.plan || this.eligible === 0) return false;
    const { confirmation } = this.plan;
    return confirmation.type !== "type" || confirmation.accepted.includes(this.typed);
  });

  /** Plans an action; shows the plan, or sends it at once where nothing is to be confirmed. */
  async begin(action: Action, target: PlanTarget, hidden = 0): Promise<void> {
    if (this.phase !== "closed") return;
    this.action = action;
    this.target = target;
    this.hidden = hidden;
    await this.#make();
  }

  /** Plans again with the hidden rows of the selection, or without them. */
  async include(hidden: boolean): Promise<void> {
    if (this.phase !== "ready" || this.target?.type !== "selection") return;
    this.target = { ...this.target, include_hidden: hidden };
    await this.#make();
  }

  /** Plans again with other parameters. */
  async choose(options: Partial<ActionOptions>): Promise<void> {
    if (this.phase !== "ready") return;
    this.options = { ...this.options, ...options };
    await this.#make();
  }

  /** Plans the same again, after the plan expired or its targets changed. */
  async again(): Promise<void> {
    if (this.phase === "ready") await this.#make();
  }

  async commit(): Promise<void> {
    const { plan } = this;
    if (!plan || !this.confirmed || this.phase !== "ready") return;
    this.phase = "sending";
    const confirmation = plan.confirmation.type === "type" ? this.typed : null;
    const sent = this.eligible;
    try {
      const reply = await call("commit_plan", { nonce: plan.nonce, confirmation });
      if (reply.type === "accepted") {
        inventory.acted(plan.targets.filter(({ verdict }) => verdict === "eligible").map(({ key }) => key));
        toasts.say(
          "quiet",
          m.sent_toast({ action: actionName(this.action), count: sent, number: count(sent) }),
          "",
          followUps(this.action, reply.operation_id),
        );
        this.close();
        return;
      }
      this.refusal = reply.refusal;
      if (!this.visible) toasts.say("bad", commitRefusal(reply.refusal));
    } catch (error) {
      this.error = ipcError(error);
    }
    this.phase = "ready";
    this.visible = true;
  }

  close(): void {
    this.#round += 1;
    this.phase = "closed";
    this.visible = false;
    this.plan = null;
    this.typed = "";
    this.refusal = null;
    this.error = null;
    this.options = { ...PLAIN };
    this.asksDiscard = false;
    this.offers = { force: false, hibernate: false };
  }

  /** Copies the cloud's own command for the targets that would be sent, or else for all. */
  async copyCommand(): Promise<void> {
    if (this.plan) await copyOrSay(commandOfPlan(this.plan));
  }

  async #make(): Promise<void> {
    const round = ++this.#round;
    this.phase = "planning";
    this.plan = null;
    this.typed = "";
    this.refusal = null;
    this.error = null;
    const patience = setTimeout(() => {
      if (round === this.#round) this.visible = true;
    }, PATIENCE_MS);
    try {
      if (!this.target) return;
      const { action, target } = this;
      const plan = await call("plan_action", { action, target, options: { ...this.options } });
      if (round !== this.#round) return;
      this.plan = plan;
      this.options = plan.options;
      this.asksDiscard = plan.asks_discard;
      this.offers = { force: plan.offers_force, hibernate: plan.offers_hibernate };
      this.phase = "ready";
      if (!this.visible && this.hidden === 0 && !needsDialog(plan)) await this.commit();
      else this.visible = true;
    } catch (error) {
      if (round !== this.#round) return;
      this.error = ipcError(error);
      this.phase = "ready";
      this.visible = true;
    } finally {
      clearTimeout(patience);
    }
  }
}

/** Returns the buttons of an operation's toast: a plan that takes it back, and its progress. */
export function followUps(action: Action, operation: string): readonly ToastAction[] {
  const view: ToastAction = { id: "view", label: m.toast_view(), run: () => screens.go("activity") };
  const back = inverse(action);
  if (back === null) return [view];
  const undo = () => void planning.begin(back, { type: "operation", operation_id: operation });
  return [{ id: "undo", label: m.toast_undo(), run: undo }, view];
}

/** Copies the cloud's own command line for an action on resources. */
export async function copyCommand(action: Action, keys: string[]): Promise<void> {
  await copyOrSay(commandOf({ action, keys, total: keys.length, options: PLAIN }));
}

/** Copies the command for the selected rows; a plan says which of them it is for. */
export async function copyCommandOfSelection(action: Action, query: string): Promise<void> {
  const target: PlanTarget = { type: "selection", query, include_hidden: false };
  const planned = call("plan_action", { action, target, options: PLAIN });
  await copyOrSay(planned.then(commandOfPlan));
}

/** For the targets that would be sent, or else for all; a large plan holds only the first of them. */
function commandOfPlan({ action, counts, targets, options }: Plan): Promise<Copied> {
  const all = counts.eligible === 0;
  const keys = targets.filter(({ verdict }) => all || verdict === "eligible").map(({ key }) => key);
  return commandOf({ action, keys, total: all ? counts.total : counts.eligible, options });
}

type Asked = { action: Action; keys: string[]; total: number; options: ActionOptions };

async function commandOf({ action, keys, total, options }: Asked): Promise<Copied> {
  const { command } = await call("copy_command", { action, keys, options });
  if (command === null) throw new NoCommand();
  const what = { action: actionName(action), count: count(keys.length), total: count(total) };
  return { text: command, what: keys.length < total ? m.copied_command_first(what) : m.copied_command(what) };
}

/** The cloud has no command line for it. */
class NoCommand extends Error {}

/** Asks for the command and the clipboard at once. */
async function copyOrSay(command: Promise<Copied>): Promise<void> {
  try {
    await copyPromised(command);
  } catch (error) {
    if (error instanceof NoCommand) toasts.say("bad", m.no_command());
    else toasts.fail(m.failed_command(), error);
  }
}

export const planning = new Planning();
