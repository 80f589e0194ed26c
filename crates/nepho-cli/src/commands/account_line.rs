//! Lines about accounts that several commands print.

use nepho_core::{Access, Account};

use crate::messages;

/// Returns the line that is printed for a new account.
pub fn added(account: &Account) -> String {
    let realm = account.realm.as_ref().map_or("not verified".to_owned(), |realm| format!("in {realm}"));
    format!("added {} ({realm}, {})", messages::shown(&account.name), access(account.access))
}

/// Returns the word of an access.
pub const fn access(access: Access) -> &'static str {
    match access {
        Access::ReadOnly => "read-only",
        Access::ReadWrite => "read-write",
    }
}
