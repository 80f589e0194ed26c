//! Changes that the engine applies to the index: rows, scopes, accounts and overlays.

use nepho_core::{
    Account, AccountId, Action, Failure, ResourceKey, ScopeKey, State, Timestamp,
    cache::{CachedRow, ScopeRecord},
};

/// One change of the inventory. One [`crate::Snapshot::apply`] makes its changes in order, and
/// readers see all of them at once.
#[derive(Clone, Debug)]
pub enum Change {
    /// Single rows of any scopes.
    Rows {
        /// Rows to insert, or to replace by their key within their scope.
        upserts: Vec<CachedRow>,
        /// Rows to remove from every scope.
        removed: Vec<ResourceKey>,
    },
    /// All rows of one scope.
    ReplaceScope {
        /// The scope.
        key: ScopeKey,
        /// The scope's rows. `key` overrides the account and scope of each row.
        rows: Vec<CachedRow>,
    },
    /// New or newer scope records; other records stay.
    Scopes(Vec<ScopeRecord>),
    /// Failed listings: each scope's record takes its failure and keeps its other facts.
    Failures {
        /// Time of the attempt.
        attempted_at: Timestamp,
        /// The failure of each scope.
        failures: Vec<(ScopeKey, Failure)>,
    },
    /// Scopes to remove, with their rows.
    RemoveScopes(Vec<ScopeKey>),
    /// New or newer accounts; other accounts stay.
    Accounts(Vec<Account>),
    /// An account to remove, with its scopes and rows.
    RemoveAccount(AccountId),
    /// The overlay of one row: set, or removed if `None`.
    Overlay {
        /// The row; it need not exist yet.
        key: ResourceKey,
        /// The cloud's reply.
        overlay: Option<Overlay>,
    },
}

/// The cloud's reply to an action, shown over the row until a read confirms it.
///
/// This crate only shows overlays; the engine decides when to remove one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The running action.
    pub action: Action,
    /// The state from the reply; `None` if the reply had no state (a reboot), in which case the
    /// row's state is shown.
    pub state: Option<State>,
    /// The provider's name of `state`.
    pub raw_state: String,
    /// Time of the reply.
    pub since: Timestamp,
}
