// Generated from crates/nepho-wire by `cargo xtask bindings`. Do not edit.

/** The access to an account: read-only, or read and act. */
export type Access = "read_only" | "read_write";

/** An account and how it stands. */
export type Account = {
  /** Nephoscope's own id of it. */
  id: string,
  /** The operator's name for it. */
  name: string,
  /** The cloud. */
  provider: ProviderKind,
  /** The cloud's project that it is, where credentials alone do not say that. */
  project: string | null,
  /** The source of its credentials. */
  source: Source,
  /** A custom endpoint. */
  endpoint: string | null,
  /** The regions to poll; empty for all that are enabled. */
  regions: Array<string>,
  /** Read-only, or read and act. */
  access: Access,
  /** True for a production account. */
  prod: boolean,
  /** The cloud's own account, once verified. */
  realm: string | null,
  /** The cloud's name for the caller. */
  principal: string | null,
  /** The time at which it was added. */
  created_at: string,
  /** The result of the last sign-in. */
  sign_in: SignIn,
  /** Its scopes. */
  scopes: Array<Scope>,
  /** A sync under way. */
  progress: Progress | null, };

/** The hosts of one account. */
export type AccountHosts = {
  /** Nephoscope's own id of the account. */
  account: string,
  /** The operator's name for it. */
  name: string,
  /** Every host that its requests may go to; empty for an account without a network. */
  hosts: Array<AllowedHost>,
  /** The reason why the hosts are not known; no request is sent until they are. */
  failure: Failure | null, };

/** All accounts, by name. */
export type Accounts = {
  /** The accounts. */
  accounts: Array<Account>, };

/** An action on a resource. */
export type Action = "start" | "stop" | "reboot" | "suspend" | "resume" | "terminate";

/** The number of selected rows that an action applies to, by the cache; a plan asks the cloud. */
export type ActionOffer = {
  /** The action. */
  action: Action,
  /** The number of rows that it applies to. */
  eligible: number,
  /** Of how many. */
  total: number,
  /** True if a plan for them asks for a confirmation. */
  asks: boolean, };

/** The parameters of an action. */
export type ActionOptions = {
  /** Stops without a shutdown of the guest OS. */
  force: boolean,
  /** Stops with the memory written to the root disk first. */
  hibernate: boolean,
  /** True if the contents of local disks may be discarded, where the cloud asks. */
  discard_local_disks: boolean, };

/** Asks to add an account. It is verified first and nothing is stored when that fails. */
export type AddAccountRequest = {
  /** The cloud. */
  provider: ProviderKind,
  /** The cloud's project, where credentials alone do not say which; otherwise `null`. */
  project: NameText | null,
  /** The operator's name for it. */
  name: NameText,
  /** Its credentials, or where they are. */
  credentials: Credentials,
  /** A custom endpoint; giving it here approves it. `null` for the cloud itself. */
  endpoint: LongText | null,
  /** The regions to poll; empty for all that are enabled. */
  regions: Array<NameText>,
  /** Read-only, or read and act. */
  access: Access,
  /** True for a production account. */
  prod: boolean, };

/**
 * Asks to add projects of one sign-in, each as an account named after it. Each is verified, and
 * one that fails leaves the others.
 */
export type AddProjectsRequest = {
  /** The cloud. */
  provider: ProviderKind,
  /** The credentials of them all, or where they are. */
  credentials: Credentials,
  /** A custom endpoint; giving it here approves it. `null` for the cloud itself. */
  endpoint: LongText | null,
  /** The projects' ids, at most 200. */
  projects: Array<NameText>,
  /** The regions to poll; empty for all. */
  regions: Array<NameText>,
  /** Read-only, or read and act. */
  access: Access,
  /** True for production accounts. */
  prod: boolean, };

/** The result of adding projects. */
export type AddedProjects = {
  /** The new accounts. */
  added: Array<Account>,
  /** The projects that were not added. */
  failed: Array<FailedProject>, };

/** One host that requests may go to, or one pattern of hosts. */
export type AllowedHost = {
  /**
   * The origin, such as `https://sts.eu-west-1.amazonaws.com`; in a pattern, `*` stands for the
   * name of a region.
   */
  origin: string,
  /** The reason for contacting it. */
  purpose: HostPurpose,
  /** The region that it serves; `null` for a host of no region, and for a pattern. */
  region: string | null,
  /** True for a pattern: the regions are not known, or may become more. */
  pattern: boolean, };

/**
 * The generations; also the `changed` event's payload. They only grow; a change means that asking
 * again is worthwhile.
 */
export type Changes = {
  /** Rows, their freshness, the selection. */
  inventory: number,
  /** Accounts and their scopes. */
  accounts: number,
  /** Operations and the journal. */
  operations: number, };

/** Asks to check that the OS keyring keeps secrets. The check writes a test secret and deletes it. */
export type CheckKeyringRequest = {
  /** True if a locked keyring may ask the operator for its password. */
  prompt: boolean, };

/** The class of a command's error. */
export type CommandCode = "bad_request" | "not_found" | "name_taken" | "realm_taken" | "bad_name" | "bad_project" | "endpoint_refused" | "no_console" | "not_applicable" | "too_many_targets" | "already_open" | "cannot_open" | "failed" | "internal";

/** The answer to a command that could not be carried out. */
export type CommandError = {
  /** The class, which the window branches on. */
  code: CommandCode,
  /** The class of failure, when `code` is `failed`. */
  failure: FailureCode | null,
  /** The message, without secrets; not translated, shown as a detail. */
  message: string,
  /** True if the same command may succeed later without any change. */
  transient: boolean,
  /** The id of the account that it is about, if it is about one. */
  account: string | null,
  /** The id under which the log has the error. */
  trace: string | null, };

/** Asks to commit a plan. */
export type CommitPlanRequest = {
  /** The plan's token. */
  nonce: NameText,
  /** The typed text, where the plan asks for typing; otherwise `null`. */
  confirmation: LongText | null, };

/** The reason why a commit was refused. */
export type CommitRefusal = { "code": "expired" } | { "code": "confirmation" } | { "code": "changed",
  /** The number. */
  count: number,
  /** The keys of the first of them, at most 200. */
  changed: Array<string>, } | { "code": "nothing" };

/** The answer to a commit. */
export type CommitReply = { "type": "accepted",
  /** The operation's id. */
  operation_id: string, } | { "type": "refused",
  /** The reason. */
  refusal: CommitRefusal, };

/** The confirmation that a commit needs. */
export type Confirmation = { "type": "none" } | { "type": "click" } | { "type": "type",
  /** The accepted texts; the first is the one to suggest. */
  accepted: Array<string>, };

/** The cloud's own command line, for the clipboard. */
export type CopiedCommand = {
  /** One line per account and region; `None` when the cloud has no such command. */
  command: string | null, };

/** Asks for the cloud's own command line. */
export type CopyCommandRequest = {
  /** For which action. */
  action: Action,
  /** On which resources. */
  keys: Array<KeyText>,
  /** The parameters. */
  options: ActionOptions, };

/** Credentials, or where they are. */
export type Credentials = { "type": "keys",
  /** The key's id. */
  access_key_id: SecretText,
  /** The key. */
  secret_access_key: SecretText,
  /** The session token of temporary credentials. */
  session_token: SecretText | null, } | { "type": "profile",
  /** Its name. */
  profile: NameText, } | { "type": "environment", } | { "type": "variable",
  /** The variable's name. */
  variable: NameText, } | { "type": "application_default", } | { "type": "key_file",
  /** Its path; a leading `~` is the home directory. */
  path: LongText, };

/** The height of rows. */
export type Density = "compact" | "comfortable";

/** The provider's own description of a resource. */
export type Document = {
  /** Pretty-printed JSON with every member that the provider sent. */
  json: string,
  /** The time at which it was read; `null` when that is not known. */
  as_of: string | null,
  /** True for the full document. A listing may show only a part; the provider can be asked for the rest. */
  whole: boolean, };

/** A reply that only says that it is done. */
export type Done = Record<symbol, never>;

/** A value and how many matching rows have it. */
export type FacetValue = {
  /** The value: a word or an id. */
  value: string,
  /** The value as it is shown where it is not a word to translate: an account's name, a region. */
  label: string,
  /** The number. */
  count: number, };

/** The values by which the matching rows can be narrowed, the most frequent first. */
export type Facets = {
  /** By cloud. */
  providers: Array<FacetValue>,
  /** By account. */
  accounts: Array<FacetValue>,
  /** By region. */
  regions: Array<FacetValue>,
  /** By state. */
  states: Array<FacetValue>, };

/** Facts of an instance beyond the table's columns. */
export type Facts = {
  /** Its purchasing model. */
  lifecycle: Lifecycle,
  /** The scale group that owns it. */
  group: string | null,
  /** The cloud service that owns it. */
  managed_by: string | null,
  /** True if its root volume is an instance store. */
  root_is_local: boolean,
  /** A public address that a stop releases. */
  ephemeral_public_ip: string | null,
  /** The image. */
  image: string | null,
  /** The CPU architecture, in the provider's word. */
  architecture: string | null,
  /** The operating system or billing platform, in the provider's words. */
  platform: string | null,
  /** The VPC or network. */
  network: string | null,
  /** The subnet. */
  subnet: string | null,
  /** Security groups or firewall tags. */
  security_groups: Array<string>,
  /** The instance profile or service account. */
  identity: string | null,
  /** The SSH key pair's name. */
  key_pair: string | null,
  /** Attached disks. */
  disks: Array<string>,
  /** The reason for its state, in the provider's words. */
  state_reason: string | null, };

/** A project that was not added. */
export type FailedProject = {
  /** The project's id. */
  project: string,
  /** The reason. */
  failure: Failure, };

/** A failure: its class, and the words of its source. */
export type Failure = {
  /** The class. */
  code: FailureCode,
  /** The source's message, without secrets; not translated. */
  message: string, };

/** The class of a failure. */
export type FailureCode = "unauthenticated" | "permission_denied" | "not_enabled" | "wrong_account" | "not_found" | "invalid_state" | "conflict" | "throttled" | "capacity_unavailable" | "unsupported" | "read_only" | "unavailable" | "timed_out" | "malformed" | "keyring_unavailable" | "keyring_locked" | "secret_missing" | "credentials_missing" | "not_sent" | "other";

/** Asks the provider for the full document of a resource, which is then stored. */
export type FetchDocumentRequest = {
  /** The key. */
  key: KeyText, };

/** Asks for the projects that some credentials can see. Nothing is stored. */
export type FindProjectsRequest = {
  /** The cloud. */
  provider: ProviderKind,
  /** The credentials, or where they are. */
  credentials: Credentials,
  /** A custom endpoint; giving it here approves it. `null` for the cloud itself. */
  endpoint: LongText | null, };

/** The process that follows an unfinished action. */
export type Follower = { "type": "here" } | { "type": "elsewhere",
  /** Its signature, such as `nepho, process 4711`. */
  process: string, } | { "type": "nobody" };

/** Credentials found on this machine, named and not read. */
export type FoundAccount = {
  /** The cloud. */
  provider: ProviderKind,
  /** Their place. */
  source: Source,
  /** The region that goes with them, where one is configured. */
  region: string | null,
  /** The project that goes with them, where one is configured. */
  project: string | null,
  /** True if an account uses them already. */
  added: boolean, };

/** Credentials on this machine that could become an account. Looking adds nothing. */
export type FoundAccounts = {
  /** The finds, the environment first, then by profile name. */
  found: Array<FoundAccount>, };

/** A project that some credentials can see. */
export type FoundProject = {
  /** The project's id. */
  project: string,
  /** Its display name; empty when it has none. */
  name: string,
  /** True if an account is this project already. */
  added: boolean, };

/** The projects that some credentials can see. */
export type FoundProjects = {
  /** The cloud's name for the caller. */
  principal: string,
  /** The projects, by id. */
  projects: Array<FoundProject>, };

/** Asks for the provider's own description of a resource, as it is stored. */
export type GetDocumentRequest = {
  /** The key. */
  key: KeyText, };

/** Asks for one resource. */
export type GetResourceRequest = {
  /** The key. */
  key: KeyText, };

/** The health. */
export type Health = "healthy" | "degraded" | "unhealthy" | "unknown";

/** The reason for contacting a host. */
export type HostPurpose = "compute" | "projects" | "endpoint" | "sign_in" | "sso_portal" | "sso_token" | "oauth_token" | "token_exchange" | "subject_token" | "impersonation";

/** The identity that credentials lead to. */
export type Identity = {
  /** The cloud's own account. */
  realm: string,
  /** The cloud's name for the caller. */
  principal: string,
  /** The actions that the cloud denies these credentials, as far as it was asked. */
  denied: Array<Action>, };

/** A window of the rows that match a query, and what is around it. */
export type InventoryWindow = {
  /** The inventory's generation; a later `changed` event has a greater one. */
  generation: number,
  /** True once the index is complete. Before, only the default query is answered. */
  ready: boolean,
  /** The number of rows that match. */
  total: number,
  /** The number of rows in all. */
  inventory_total: number,
  /** The position of the first row of `rows`. */
  offset: number,
  /** The rows. */
  rows: Array<Row>,
  /** The values by which the matching rows can be narrowed. */
  facets: Facets,
  /** The matching rows by state. */
  totals: Array<StateTotal>,
  /** The number of matching rows that are stale. */
  stale: number,
  /** The selection. */
  selection: SelectionSummary,
  /** The error in the query, if it cannot be parsed; then no row matches. */
  error: QueryError | null, };

/** A page of the journal, newest first. */
export type Journal = {
  /** The entries. */
  entries: Array<JournalEntry>, };

/** An entry of the journal. */
export type JournalEntry = {
  /** Its place in the chain, from 1. */
  seq: number,
  /** The time. */
  at: string,
  /** The run of the process that wrote it. */
  run: string,
  /** The operation's id. */
  operation_id: string,
  /** The account's id. */
  account_id: string,
  /** The account's name at the time. */
  account: string,
  /** The resource key. */
  key: string,
  /** The cloud's own id. */
  id: string,
  /** The resource's name at the time. */
  name: string,
  /** The action. */
  action: Action,
  /** The step. */
  event: JournalEvent, };

/** A step in the life of an action on one target. */
export type JournalEvent = { "type": "sent",
  /** The parameters. */
  options: ActionOptions, } | { "type": "accepted",
  /** The state that the reply named. */
  state: State | null,
  /** The provider's word for it; empty when the reply named none. */
  raw_state: string, } | { "type": "not_sent",
  /** The reason. */
  failure: Failure, } | { "type": "refused",
  /** The reason. */
  failure: Failure, } | { "type": "failed",
  /** The reason, where the provider named one. */
  failure: Failure | null,
  /** The state observed, where one was. */
  state: State | null,
  /** The provider's word for it. */
  raw_state: string | null,
  /** The cloud's reason for that state, in its own words. */
  reason: string | null, } | { "type": "unknown",
  /** The reason why that is not known. */
  failure: Failure, } | { "type": "done",
  /** The state seen. */
  state: State,
  /** The provider's word. */
  raw_state: string, } | { "type": "timed_out" };

/** A resource key in its text form, at most 512 bytes. */
export type KeyText = string;

/** The last answer of the OS keyring. */
export type Keyring = "not_tried" | "ok" | "unavailable" | "locked";

/** The result of a check of the OS keyring. */
export type KeyringCheck = {
  /** The reason why the keyring keeps no secrets now; `null` if it does. */
  failure: Failure | null, };

/** A kind of resource. */
export type Kind = "instance";

/** The language of the texts. */
export type Language = "system" | "en" | "zh-CN";

/** The purchasing model of an instance. */
export type Lifecycle = "on_demand" | "spot" | "other";

/** The number of rows or entries wanted: at most 200. */
export type Limit = number;

/** Asks for a page of the journal. */
export type ListJournalRequest = {
  /** The number wanted, at most 200. */
  limit: Limit,
  /** Only entries before this sequence number; `null` for the newest. */
  before: number | null, };

/** Asks for the last operations. */
export type ListOperationsRequest = {
  /** The number wanted, at most 200. */
  limit: Limit, };

/** Any other text, at most 1 KiB. */
export type LongText = string;

/** A name, an id or a word, at most 128 bytes. */
export type NameText = string;

/** The hosts of all accounts, by account name. */
export type Network = {
  /** The accounts. */
  accounts: Array<AccountHosts>, };

/** A request without parameters. */
export type Nothing = Record<symbol, never>;

/** An action that a resource has. */
export type OfferedAction = {
  /** The action. */
  action: Action,
  /** True if its state and its account allow it, by the cache. */
  possible: boolean, };

/** Asks to open a resource's page of the cloud's console in the browser. */
export type OpenConsoleRequest = {
  /** The resource's key. An address cannot be given. */
  key: KeyText, };

/** A committed plan. */
export type Operation = {
  /** Its id; also its journal entries' `operation_id`. */
  id: string,
  /** The action. */
  action: Action,
  /** Its parameters. */
  options: ActionOptions,
  /** The action that undoes it, where one exists; it needs a new plan. */
  inverse: Action | null,
  /** The time at which it was sent. */
  started_at: string,
  /** The time at which its last target ended. */
  finished_at: string | null,
  /** All its targets in numbers. */
  counts: OperationCounts,
  /** The first of its targets: what did not go well, then what is under way, then the rest. */
  targets: Array<OperationTarget>, };

/** All targets of an operation in numbers: those still followed, and the others by how they ended. */
export type OperationCounts = {
  /** All. */
  total: number,
  /** Still being followed. */
  running: number,
  /** Accepted by the provider, and not observed since. */
  sent: number,
  /** The goal was observed. */
  done: number,
  /** The goal held already. */
  already: number,
  /** Refused by the plan or by the provider. */
  refused: number,
  /** Accepted, and failed later or seen in another final state. */
  failed: number,
  /** No request was made. */
  not_sent: number,
  /** It may or may not have happened. */
  unknown: number, };

/** One target of an operation. */
export type OperationTarget = {
  /** The resource key. */
  key: string,
  /** The cloud's own id. */
  id: string,
  /** The resource's name at the time. */
  name: string,
  /** The account's name at the time. */
  account: string,
  /** The result so far. */
  status: TargetStatus,
  /** The state last observed. */
  observed_state: State | null,
  /** The reason why it was refused or not sent, failed or is unknown. */
  failure: Failure | null,
  /** True while it is followed. */
  running: boolean,
  /** The process that follows it to its end; `null` once it has ended. */
  follower: Follower | null, };

/** The last operations, newest first; at most 200 targets in all, shared evenly. */
export type Operations = {
  /** The operations. */
  operations: Array<Operation>, };

/** A plan: the effect of a commit. */
export type Plan = {
  /** The single-use token to commit with. */
  nonce: string,
  /** The action. */
  action: Action,
  /** The parameters. */
  options: ActionOptions,
  /**
   * True if discarding local disks is to be asked: a target is refused for them alone, or they
   * would be discarded.
   */
  asks_discard: boolean,
  /** True if the cloud of a target takes the option `force` for the action. */
  offers_force: boolean,
  /** True if the cloud of a target takes the option `hibernate` for the action. */
  offers_hibernate: boolean,
  /** The time at which the token expires. */
  expires_at: string,
  /** The confirmation that a commit needs. */
  confirmation: Confirmation,
  /** All its targets in numbers. */
  counts: PlanCounts,
  /**
   * The first of its targets, at most 200: eligible ones with warnings, other eligible ones, refused
   * ones, those where the goal holds already; each in the order of the request.
   */
  targets: Array<PlannedTarget>, };

/** Asks for the plan of an action. Nothing is sent to be carried out. */
export type PlanActionRequest = {
  /** The action. */
  action: Action,
  /** The targets. */
  target: PlanTarget,
  /** The parameters. */
  options: ActionOptions, };

/** All targets of a plan in numbers. */
export type PlanCounts = {
  /** All. */
  total: number,
  /** Those that would be sent. */
  eligible: number,
  /** Those where the goal holds already. */
  already: number,
  /** Those on their way to the goal. */
  underway: number,
  /** Those that would not be sent. */
  refused: number,
  /** Eligible targets in production accounts. */
  prod: number,
  /** Accounts that something would be sent to. */
  accounts: number,
  /** The number of targets with each warning; only those that occur. */
  warnings: Array<WarningCount>,
  /** The number of targets refused for each reason; only those that occur. */
  refusals: Array<RefusalCount>, };

/** The targets of a plan. */
export type PlanTarget = { "type": "keys",
  /** The key. */
  keys: Array<KeyText>, } | { "type": "selection",
  /** The query on screen. */
  query: QueryText,
  /** True to include selected rows that the query hides. */
  include_hidden: boolean, } | { "type": "operation",
  /** The operation's id. */
  operation_id: NameText, };

/** One target of a plan. */
export type PlannedTarget = {
  /** The resource key. */
  key: string,
  /** The cloud's own id. */
  id: string,
  /** Its name when planned; empty when it has none. */
  name: string,
  /** The account's name. */
  account: string,
  /** The account's id. */
  account_id: string,
  /** The region. */
  region: string,
  /** The zone. */
  zone: string | null,
  /** The state that the fresh read showed. */
  state: State,
  /** The provider's word for it. */
  raw_state: string,
  /** True for a target of a production account. */
  prod: boolean,
  /** The verdict. */
  verdict: Verdict,
  /** The reason, if refused. */
  refusal: Refusal | null,
  /** Warnings to read first. */
  warnings: Array<Warning>, };

/** The progress of a sync. */
export type Progress = {
  /** Scopes that have ended. */
  done: number,
  /** Scopes in all; 0 while that is not known. */
  total: number,
  /** Rows listed so far. */
  rows: number, };

/** A cloud. */
export type ProviderKind = "aws" | "gcp" | "demo";

/** An error in a query, and its place. */
export type QueryError = {
  /** The class of the error. */
  code: QueryErrorCode,
  /** The first wrong character, counted in UTF-16 code units as the window counts. */
  start: number,
  /** The character after the last wrong one. */
  end: number,
  /** The word that is not understood. */
  word: string, };

/** The class of an error in a query. */
export type QueryErrorCode = "unknown_key" | "unknown_state" | "unknown_kind" | "unknown_provider" | "unknown_mark" | "unknown_column" | "bad_address" | "empty_value" | "unterminated_quote" | "negated_sort" | "repeated_sort";

/** Asks for a window of the rows that match a query. */
export type QueryInventoryRequest = {
  /** The query; empty for everything. */
  query: QueryText,
  /** The order. */
  sort: Sort,
  /** The first row wanted, from 0. */
  offset: number,
  /** The number wanted, at most 200. */
  limit: Limit, };

/** A query, at most 4 KiB. */
export type QueryText = string;

/** The reason for a refusal. */
export type Refusal = { "code": "read_only" } | { "code": "unsupported" } | { "code": "state",
  /** The state. */
  state: State, } | { "code": "protected" } | { "code": "local_root" } | { "code": "managed_by",
  /** The key. */
  owner: string, } | { "code": "not_permitted" } | { "code": "local_disks" } | { "code": "hibernation_disabled" } | { "code": "not_found" } | { "code": "read_failed",
  /** The class of failure. */
  failure: FailureCode,
  /** The source's words. */
  message: string, };

/** The number of targets refused for one reason. */
export type RefusalCount = {
  /** Its code. */
  code: Refusal["code"],
  /** The number. */
  count: number, };

/** Asks to forget an account, its rows and its secret. The journal keeps what was done with it. */
export type RemoveAccountRequest = {
  /** The account's id. */
  account: NameText, };

/** The result of removing an account. The account itself is gone. */
export type RemovedAccount = {
  /** The reason why its secret is still in the keyring, if it is; Nephoscope retries at the next start. */
  secret_left: Failure | null, };

/** One resource, as the cache has it. */
export type ResourceDetails = {
  /** The table's row. */
  row: Row,
  /** The cloud's account: an AWS account id, a project. */
  realm: string,
  /** Facts that the table does not show. */
  facts: Facts,
  /** The actions that the provider has for its kind, each with whether its state allows it now. */
  actions: Array<OfferedAction>,
  /** True if the cloud's console has a page for it. */
  console: boolean,
  /** Its last journal entries, newest first. */
  journal: Array<JournalEntry>, };

/** A row of the table. */
export type Row = {
  /** The account's id. */
  account_id: string,
  /** True for a production account. */
  prod: boolean,
  /** True if it is selected. */
  selected: boolean,
  /** The resource key. */
  key: string,
  /** The cloud. */
  provider: ProviderKind,
  /** The account's name. */
  account: string,
  /** The kind. */
  kind: Kind,
  /** The region. */
  region: string,
  /** The region or the zone whose listing shows it. */
  location: string,
  /** The zone. */
  zone: string | null,
  /** The cloud's own id. */
  id: string,
  /** The display name, byte for byte as the cloud has it; empty when it has none. */
  name: string,
  /** The normalised state; while an action is pending, the state that the cloud's reply named. */
  state: State,
  /** The provider's word for it. */
  raw_state: string,
  /** The action whose effect is expected but not seen yet. */
  pending: Action | null,
  /** The health. */
  health: Health,
  /** The machine type. */
  size: string,
  /** Private addresses, primary first. */
  private_ips: Array<string>,
  /** Public addresses, primary first. */
  public_ips: Array<string>,
  /** DNS names. */
  dns_names: Array<string>,
  /** Tags or labels. */
  tags: { [key in string]: string },
  /** The time of its creation; only from a source that keeps it. */
  created_at: string | null,
  /** The time of its last start. */
  started_at: string | null,
  /** The start of the last complete listing that saw it. */
  as_of: string | null,
  /** True if that is too old, its scope failed, or it is missing. */
  stale: boolean,
  /** The start of the first complete listing that did not show it, if the last one did not. */
  missing_since: string | null,
  /** The reason why its scope's last listing failed. */
  error: Failure | null, };

/** The record of one scope's polling. */
export type Scope = {
  /** The region, the zone or `global`. */
  location: string,
  /** The kind that is listed there. */
  kind: Kind,
  /** The number of its rows in the cache. */
  rows: number,
  /** The start of the last complete listing. */
  as_of: string | null,
  /** The time of the last try. */
  attempted_at: string | null,
  /** The reason why the last try failed. */
  failure: Failure | null, };

/** The result of one sync for one scope. */
export type ScopeReport = {
  /** The account's name. */
  account: string,
  /** The cloud. */
  provider: ProviderKind,
  /** The region, the zone or `global`; `null` when the account failed before that was known. */
  location: string | null,
  /** The kind that was listed. */
  kind: Kind | null,
  /** `ok` or `failed`. */
  status: ScopeStatus,
  /** Rows that the cache holds of it now. */
  rows: number,
  /** The start of its last complete listing. */
  as_of: string | null,
  /** The reason why it failed. */
  error: Failure | null, };

/** The result of listing a scope. */
export type ScopeStatus = "ok" | "failed";

/**
 * A secret on its way in, at most 8 KiB. It can be read and handed on, nothing else.
 *
 * ```compile_fail,E0277
 * fn serialises<T: serde::Serialize>() {}
 * serialises::<nepho_wire::limits::SecretText>();
 * ```
 */
export type SecretText = string;

/** A change of the selection. */
export type SelectionChange = { "type": "toggle",
  /** The key. */
  key: KeyText, } | { "type": "set",
  /** The key. */
  keys: Array<KeyText>, } | { "type": "range",
  /** The query. */
  query: QueryText,
  /** The order. */
  sort: Sort,
  /** One end. */
  from: KeyText,
  /** The other end. */
  to: KeyText, } | { "type": "all",
  /** The query. */
  query: QueryText, } | { "type": "clear", };

/** The selection in numbers. */
export type SelectionSummary = {
  /** The number of selected rows. */
  count: number,
  /** The number of those that the query on screen hides. */
  hidden: number,
  /** The most rows that one plan takes. */
  most: number,
  /** The actions that the visible ones allow. */
  actions: Array<ActionOffer>, };

/** The window's settings. */
export type Settings = {
  /** Colours. */
  theme: Theme,
  /** The language of the texts. */
  language: Language,
  /** The height of rows. */
  density: Density,
  /** Seconds between two polls. */
  poll_interval_s: number,
  /** The shortest interval, in seconds. */
  poll_interval_least_s: number,
  /** The longest interval, in seconds. */
  poll_interval_most_s: number, };

/** The result of an account's last sign-in. */
export type SignIn = { "type": "not_tried" } | { "type": "ok" } | { "type": "failed",
  /** The reason. */
  failure: Failure, };

/** An order of rows. */
export type Sort = {
  /** The column. */
  column: SortColumn,
  /** True for descending order. */
  descending: boolean, };

/** A column that the table can be sorted by. */
export type SortColumn = "name" | "state" | "kind" | "account" | "region" | "size" | "private_ip" | "public_ip" | "started_at" | "as_of";

/** The source of an account's credentials. */
export type Source = { "type": "environment" } | { "type": "profile",
  /** Its name. */
  profile: string, } | { "type": "variable",
  /** The variable's name. */
  variable: string, } | { "type": "application_default" } | { "type": "sign_in" } | { "type": "keyring" } | { "type": "built_in" };

/** A repair that was made when the database was opened. */
export type StartNote = { "code": "cache_rebuilt",
  /** True if a newer Nephoscope had written it; otherwise it was damaged. */
  newer: boolean,
  /** Its present place. */
  kept: string, } | { "code": "state_salvaged",
  /** Journal entries saved. */
  entries: number,
  /** Journal entries known to have existed and not saved. */
  lost: number,
  /** Accounts saved. */
  accounts: number,
  /** Settings saved. */
  settings: number,
  /** The present place of the damaged file. */
  kept: string, };

/** The normalised power state. */
export type State = "pending" | "running" | "stopping" | "stopped" | "suspending" | "suspended" | "terminating" | "terminated" | "repairing" | "unknown";

/** The number of rows in a state. */
export type StateTotal = {
  /** The state. */
  state: State,
  /** The number. */
  count: number, };

/** The application's status. */
export type Status = {
  /** Its version. */
  version: string,
  /** The data directory. */
  data_dir: string,
  /** True once the whole inventory is in memory. */
  ready: boolean,
  /** The number of accounts. */
  accounts: number,
  /** True if the demo cloud is among them. */
  demo: boolean,
  /** The generations, as the `changed` event tells them. */
  changes: Changes,
  /** The whole inventory in numbers. */
  totals: Totals,
  /** The OS keyring, as far as it was used. */
  keyring: Keyring,
  /** A repair that was made when the database was opened. */
  notes: Array<StartNote>, };

/** Asks for a sync now; the reply comes when it has ended. */
export type SyncNowRequest = {
  /** The accounts' ids; empty for all. */
  accounts: Array<NameText>, };

/** The result of one sync. */
export type SyncReport = {
  /** Its duration in milliseconds. */
  elapsed_ms: number,
  /** HTTP requests, retries included. */
  requests: number,
  /** Body bytes as they came over the wire. */
  bytes_in: number,
  /** Rows listed by the scopes that completed. */
  resources: number,
  /** Rows written: new, changed, newly missing, gone. */
  changed: number,
  /** Each scope. */
  scopes: Array<ScopeReport>, };

/** The outcome of an action on one target. */
export type TargetStatus = "sent" | "done" | "already" | "refused" | "failed" | "not_sent" | "unknown";

/** Colours. */
export type Theme = "system" | "light" | "dark";

/** The whole inventory in numbers. */
export type Totals = {
  /** All rows. */
  all: number,
  /** The stale ones, without the missing ones. */
  stale: number,
  /** Those that the last complete listing of their scope did not show. */
  missing: number,
  /** By state. */
  states: Array<StateTotal>, };

/** Asks to change an account. A member that is `null` stays as it is. */
export type UpdateAccountRequest = {
  /** The account's id. */
  account: NameText,
  /** A new name. */
  name: NameText | null,
  /** Read-only, or read and act. */
  access: Access | null,
  /** True for a production account. */
  prod: boolean | null,
  /** The regions to poll; empty for all that are enabled. */
  regions: Array<NameText> | null,
  /** New credentials for the same realm. */
  credentials: Credentials | null, };

/** Asks for a change of the selection. */
export type UpdateSelectionRequest = {
  /** The change. */
  change: SelectionChange,
  /** The query on screen, so that hidden rows can be counted. */
  query: QueryText, };

/** Asks to change settings. A member that is `null` or left out stays as it is. */
export type UpdateSettingsRequest = {
  /** Colours. */
  theme?: Theme | null,
  /** The language of the texts. */
  language?: Language | null,
  /** The height of rows. */
  density?: Density | null,
  /** Seconds between two polls. */
  poll_interval_s?: number | null, };

/** The answer of a plan for one target. */
export type Verdict = "eligible" | "already" | "underway" | "refused";

/** The result of verifying the whole journal. */
export type Verification = { "type": "intact",
  /** The number of entries. */
  entries: number,
  /** The last entry's hash, in hex. */
  head: string, } | { "type": "broken",
  /** Its sequence number. */
  seq: number,
  /** The fault; not translated, shown as a detail. */
  reason: string, };

/** Asks to verify an account's credentials. */
export type VerifyAccountRequest = {
  /** The account's id. */
  account: NameText, };

/** A fact to know before confirming. */
export type Warning = { "code": "group_member",
  /** The group's name. */
  group: string, } | { "code": "spot" } | { "code": "local_disks_lost" } | { "code": "hard" } | { "code": "public_ip_lost",
  /** The address. */
  ip: string, } | { "code": "public_ip_not_checked" } | { "code": "protection_not_checked" } | { "code": "stale_row",
  /** The age of the row. */
  as_of: string, };

/** The number of targets with one warning. */
export type WarningCount = {
  /** Its code. */
  code: Warning["code"],
  /** The number. */
  count: number, };
