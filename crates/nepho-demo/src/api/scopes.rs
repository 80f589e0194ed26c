//! The scopes of an account: its regions.

use nepho_core::{Kind, Location, Scope};

use super::context::Context;

/// The regions of the account, the denied one included.
pub(crate) fn regions(context: &Context) -> Vec<Scope> {
    context.count_reply(0);
    let regions = context.account.regions.iter();
    regions.map(|region| Scope { location: Location::new(*region), kind: Kind::Instance }).collect()
}
