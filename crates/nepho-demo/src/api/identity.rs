//! The identity of the demo credentials.

use nepho_core::Identity;

use super::context::Context;

/// The user `you` of the account, to whom no action is denied.
pub(crate) fn identity(context: &Context) -> Identity {
    context.count_reply(0);
    let account = context.account;
    Identity { realm: account.realm(), principal: format!("demo:{}/you", account.name), denied: Vec::new() }
}
