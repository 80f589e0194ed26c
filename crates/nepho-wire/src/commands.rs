//! The command table: every command that the window may call, with its request and its reply.
//!
//! It is written once, here. `COMMANDS` feeds the desktop host's access list, and the TypeScript
//! interface comes from the same lines.

use ts_rs::{Config, TS};

use crate::{
    accounts::{
        Account, Accounts, AddAccountRequest, AddProjectsRequest, AddedProjects, FindProjectsRequest, FoundAccounts,
        FoundProjects, Identity, RemoveAccountRequest, RemovedAccount, UpdateAccountRequest, VerifyAccountRequest,
    },
    bindings::Declarations,
    inventory::{InventoryWindow, QueryInventoryRequest},
    journal::{Journal, ListJournalRequest, Verification},
    network::Network,
    operation::{ListOperationsRequest, Operations},
    plan::{CommitPlanRequest, CommitReply, Plan, PlanActionRequest},
    resource::{
        CopiedCommand, CopyCommandRequest, Document, FetchDocumentRequest, GetDocumentRequest, GetResourceRequest,
        OpenConsoleRequest, ResourceDetails,
    },
    selection::{SelectionSummary, UpdateSelectionRequest},
    status::{CheckKeyringRequest, Done, KeyringCheck, Nothing, Settings, Status, UpdateSettingsRequest},
    sync::{SyncNowRequest, SyncReport},
};

/// One line of the table, in TypeScript's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) request: String,
    pub(crate) reply: String,
}

macro_rules! commands {
    ($(#[doc = $doc:literal] $name:ident: $request:ty => $reply:ty;)+) => {
        /// The name of every command, in the order of the table.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),+];

        /// The table, and the types that it needs.
        pub(crate) fn table(cfg: &Config) -> (Vec<CommandLine>, Declarations) {
            let mut declarations = Declarations::default();
            $(
                declarations.add::<$request>(cfg);
                declarations.add::<$reply>(cfg);
            )+
            let lines = vec![$(CommandLine {
                name: stringify!($name),
                doc: $doc,
                request: <$request as TS>::name(cfg),
                reply: <$reply as TS>::name(cfg),
            }),+];
            (lines, declarations)
        }

        /// Reads `json` as the request of the command `name`; `None` when there is no such command.
        #[cfg(test)]
        pub(crate) fn reads(name: &str, json: &serde_json::Value) -> Option<Result<(), serde_json::Error>> {
            match name {
                $(stringify!($name) => Some(<$request as serde::Deserialize>::deserialize(json).map(drop)),)+
                _ => None,
            }
        }
    };
}

commands! {
    #[doc = "How Nephoscope stands."]
    get_status: Nothing => Status;
    #[doc = "A window of the rows that match a query."]
    query_inventory: QueryInventoryRequest => InventoryWindow;
    #[doc = "Changes the selection."]
    update_selection: UpdateSelectionRequest => SelectionSummary;
    #[doc = "One resource, from the cache."]
    get_resource: GetResourceRequest => ResourceDetails;
    #[doc = "The provider's own description of a resource."]
    get_document: GetDocumentRequest => Document;
    #[doc = "The provider's whole description of a resource, asked for now and stored."]
    fetch_document: FetchDocumentRequest => Document;
    #[doc = "The cloud's own command line for an action."]
    copy_command: CopyCommandRequest => CopiedCommand;
    #[doc = "Opens a resource's page of the cloud's console in the browser."]
    open_console: OpenConsoleRequest => Done;
    #[doc = "What an action would do; sends nothing."]
    plan_action: PlanActionRequest => Plan;
    #[doc = "Carries a plan out."]
    commit_plan: CommitPlanRequest => CommitReply;
    #[doc = "The last operations, newest first."]
    list_operations: ListOperationsRequest => Operations;
    #[doc = "A page of the journal, newest first."]
    list_journal: ListJournalRequest => Journal;
    #[doc = "Checks the journal's chain."]
    verify_journal: Nothing => Verification;
    #[doc = "All accounts and how they stand."]
    list_accounts: Nothing => Accounts;
    #[doc = "Every host that requests of the accounts may go to."]
    list_hosts: Nothing => Network;
    #[doc = "What could become an account on this machine."]
    find_accounts: Nothing => FoundAccounts;
    #[doc = "Checks that the OS keyring keeps secrets."]
    check_keyring: CheckKeyringRequest => KeyringCheck;
    #[doc = "Verifies and adds an account."]
    add_account: AddAccountRequest => Account;
    #[doc = "The projects that some credentials can see."]
    find_projects: FindProjectsRequest => FoundProjects;
    #[doc = "Verifies and adds projects of one sign-in, each as an account."]
    add_projects: AddProjectsRequest => AddedProjects;
    #[doc = "Finds out whose an account's credentials are."]
    verify_account: VerifyAccountRequest => Identity;
    #[doc = "Changes an account."]
    update_account: UpdateAccountRequest => Account;
    #[doc = "Forgets an account."]
    remove_account: RemoveAccountRequest => RemovedAccount;
    #[doc = "Syncs now; answers when the sync has ended."]
    sync_now: SyncNowRequest => SyncReport;
    #[doc = "Adds the demo cloud's accounts."]
    add_demo: Nothing => Done;
    #[doc = "Removes the demo cloud's accounts."]
    remove_demo: Nothing => Done;
    #[doc = "The window's settings."]
    get_settings: Nothing => Settings;
    #[doc = "Changes settings."]
    update_settings: UpdateSettingsRequest => Settings;
}
