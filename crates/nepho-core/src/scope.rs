//! Scopes: the unit of polling and of freshness.

use crate::{
    AccountId,
    key::{Kind, Location},
};

/// What one provider lists at once, and the unit of freshness within one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// Where.
    pub location: Location,
    /// What.
    pub kind: Kind,
}

/// A scope of one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeKey {
    /// Whose.
    pub account: AccountId,
    /// Where and what.
    pub scope: Scope,
}
