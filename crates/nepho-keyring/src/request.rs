//! Arguments of a keyring call: the item and the permission to prompt.

use nepho_core::AccountId;

/// The name of one secret: a field of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The account.
    pub account: AccountId,
    /// The field that the provider chose; contains no `/`.
    pub field: String,
}

impl Item {
    /// Returns the item's user name in the keyring: `ACCOUNT/FIELD`.
    pub fn user(&self) -> String {
        format!("{}/{}", self.account, self.field)
    }

    /// Parses a user name of the form `ACCOUNT/FIELD`.
    pub(crate) fn from_user(user: &str) -> Option<Self> {
        let (account, field) = user.split_once('/')?;
        Some(Self { account: account.into(), field: field.to_owned() })
    }
}

/// Permission for the OS to prompt during a call, and the time limit that follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// A background call: it never prompts and ends after at most 2 s.
    Never,
    /// A call for a waiting user, who may be prompted for the keyring's password. It ends after at
    /// most 60 s. Dropping the future cancels it.
    Allowed,
}
