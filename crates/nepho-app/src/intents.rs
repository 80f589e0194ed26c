//! Which accounts may have a secret in the keyring and no row, or no longer: the two-phase record.
//!
//! The keyring and the database cannot be changed at once. Before a secret is written or an account
//! is removed, its id is noted here; afterwards it is struck out. What a crash leaves is swept at
//! the next start. Only ids noted in this data directory are ever deleted: the keyring is the
//! person's, and other data directories keep their secrets in it too.

use nepho_core::AccountId;
use nepho_store::{Store, StoreError};

const SETTING: &str = "keyring.intents";

pub(crate) async fn noted(store: &Store) -> Result<Vec<AccountId>, StoreError> {
    let text = store.setting(SETTING).await?.unwrap_or_default();
    Ok(text.split_whitespace().map(AccountId::from).collect())
}

pub(crate) async fn note(store: &Store, account: &AccountId) -> Result<(), StoreError> {
    let mut all = noted(store).await?;
    if !all.contains(account) {
        all.push(account.clone());
        put(store, &all).await?;
    }
    Ok(())
}

pub(crate) async fn strike(store: &Store, account: &AccountId) -> Result<(), StoreError> {
    let mut all = noted(store).await?;
    all.retain(|noted| noted != account);
    put(store, &all).await
}

async fn put(store: &Store, all: &[AccountId]) -> Result<(), StoreError> {
    let words: Vec<&str> = all.iter().map(AccountId::as_str).collect();
    store.put_setting(SETTING, &words.join(" ")).await
}
