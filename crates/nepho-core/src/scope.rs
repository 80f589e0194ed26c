//! Scopes: the unit of polling and of freshness.

use crate::{
    AccountId,
    key::{Kind, Location},
};

/// The unit that one provider lists and that has one age within an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// The region, zone or `global`.
    pub location: Location,
    /// The kind of its resources.
    pub kind: Kind,
}

/// A scope of one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeKey {
    /// The account.
    pub account: AccountId,
    /// The scope within the account.
    pub scope: Scope,
}
