// Generated from crates/nepho-wire by `cargo xtask bindings`. Do not edit.

import type {
  Account,
  Accounts,
  AddAccountRequest,
  AddProjectsRequest,
  AddedProjects,
  Changes,
  CheckKeyringRequest,
  CommitPlanRequest,
  CommitReply,
  CopiedCommand,
  CopyCommandRequest,
  Document,
  Done,
  FetchDocumentRequest,
  FindProjectsRequest,
  FoundAccounts,
  FoundProjects,
  GetDocumentRequest,
  GetResourceRequest,
  Identity,
  InventoryWindow,
  Journal,
  KeyringCheck,
  ListJournalRequest,
  ListOperationsRequest,
  Network,
  Nothing,
  OpenConsoleRequest,
  Operations,
  Plan,
  PlanActionRequest,
  QueryInventoryRequest,
  RemoveAccountRequest,
  RemovedAccount,
  ResourceDetails,
  SelectionSummary,
  Settings,
  Status,
  SyncNowRequest,
  SyncReport,
  UpdateAccountRequest,
  UpdateSelectionRequest,
  UpdateSettingsRequest,
  Verification,
  VerifyAccountRequest,
} from "./types";

/** Every command, with its request and its reply. */
export interface Commands {
  /** How Nephoscope stands. */
  get_status: { request: Nothing; reply: Status };
  /** A window of the rows that match a query. */
  query_inventory: { request: QueryInventoryRequest; reply: InventoryWindow };
  /** Changes the selection. */
  update_selection: { request: UpdateSelectionRequest; reply: SelectionSummary };
  /** One resource, from the cache. */
  get_resource: { request: GetResourceRequest; reply: ResourceDetails };
  /** The provider's own description of a resource. */
  get_document: { request: GetDocumentRequest; reply: Document };
  /** The provider's whole description of a resource, asked for now and stored. */
  fetch_document: { request: FetchDocumentRequest; reply: Document };
  /** The cloud's own command line for an action. */
  copy_command: { request: CopyCommandRequest; reply: CopiedCommand };
  /** Opens a resource's page of the cloud's console in the browser. */
  open_console: { request: OpenConsoleRequest; reply: Done };
  /** What an action would do; sends nothing. */
  plan_action: { request: PlanActionRequest; reply: Plan };
  /** Carries a plan out. */
  commit_plan: { request: CommitPlanRequest; reply: CommitReply };
  /** The last operations, newest first. */
  list_operations: { request: ListOperationsRequest; reply: Operations };
  /** A page of the journal, newest first. */
  list_journal: { request: ListJournalRequest; reply: Journal };
  /** Checks the journal's chain. */
  verify_journal: { request: Nothing; reply: Verification };
  /** All accounts and how they stand. */
  list_accounts: { request: Nothing; reply: Accounts };
  /** Every host that requests of the accounts may go to. */
  list_hosts: { request: Nothing; reply: Network };
  /** What could become an account on this machine. */
  find_accounts: { request: Nothing; reply: FoundAccounts };
  /** Checks that the OS keyring keeps secrets. */
  check_keyring: { request: CheckKeyringRequest; reply: KeyringCheck };
  /** Verifies and adds an account. */
  add_account: { request: AddAccountRequest; reply: Account };
  /** The projects that some credentials can see. */
  find_projects: { request: FindProjectsRequest; reply: FoundProjects };
  /** Verifies and adds projects of one sign-in, each as an account. */
  add_projects: { request: AddProjectsRequest; reply: AddedProjects };
  /** Finds out whose an account's credentials are. */
  verify_account: { request: VerifyAccountRequest; reply: Identity };
  /** Changes an account. */
  update_account: { request: UpdateAccountRequest; reply: Account };
  /** Forgets an account. */
  remove_account: { request: RemoveAccountRequest; reply: RemovedAccount };
  /** Syncs now; answers when the sync has ended. */
  sync_now: { request: SyncNowRequest; reply: SyncReport };
  /** Adds the demo cloud's accounts. */
  add_demo: { request: Nothing; reply: Done };
  /** Removes the demo cloud's accounts. */
  remove_demo: { request: Nothing; reply: Done };
  /** The window's settings. */
  get_settings: { request: Nothing; reply: Settings };
  /** Changes settings. */
  update_settings: { request: UpdateSettingsRequest; reply: Settings };
}

/** Every event, with its payload. */
export interface Events {
  /** Something changed; ask again for what is on screen. */
  changed: Changes;
}

/** The limits that requests are held to. */
export const LIMITS = {
  key: 512,
  query: 4096,
  name: 128,
  text: 1024,
  list: 1000,
  projects: 200,
  rows: 200,
} as const;
