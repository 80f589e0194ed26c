//! What the engine tells the index: rows, scopes, accounts, and what the cloud replied to an action.

use nepho_core::{
    Account, AccountId, Action, ResourceKey, ScopeKey, State, Timestamp,
    cache::{CachedRow, ScopeRecord},
};

/// One change of the inventory. Changes of one [`crate::Snapshot::apply`] are made in order and are
/// seen together.
#[derive(Clone, Debug)]
pub enum Change {
    /// Single rows of any scopes.
    Rows {
        /// New rows, and rows that replace the one with their key in their scope.
        upserts: Vec<CachedRow>,
        /// Rows to forget, in whatever scope they are.
        removed: Vec<ResourceKey>,
    },
    /// All rows of one scope.
    ReplaceScope {
        /// Which scope.
        key: ScopeKey,
        /// Its rows now; the account and scope written in a row are overruled by `key`.
        rows: Vec<CachedRow>,
    },
    /// Scope records, new or newer; others are kept.
    Scopes(Vec<ScopeRecord>),
    /// Scopes to forget, with their rows.
    RemoveScopes(Vec<ScopeKey>),
    /// Accounts, new or newer; others are kept.
    Accounts(Vec<Account>),
    /// An account to forget, with its scopes and rows.
    RemoveAccount(AccountId),
    /// The overlay of one row: set, or dropped when `None`.
    Overlay {
        /// Which row; it need not be there yet.
        key: ResourceKey,
        /// What the cloud replied.
        overlay: Option<Overlay>,
    },
}

/// What the cloud's reply to an action said, shown over the row until a reading confirms it.
///
/// This crate only shows overlays; when one is dropped is the engine's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The action under way.
    pub action: Action,
    /// The state that the reply named; `None` when it named none (a reboot), and then the row's
    /// own state is shown.
    pub state: Option<State>,
    /// The provider's word for `state`.
    pub raw_state: String,
    /// When the reply came.
    pub since: Timestamp,
}
