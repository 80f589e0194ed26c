//! Which secrets in the keyring may have no account, or none any longer: the two-phase record.
//!
//! The keyring and the database cannot be changed at once. Before a secret is written, replaced or
//! left by its last account, its owner is noted here; afterwards it is struck out. What a crash
//! leaves is swept at the next start. Only owners noted in this data directory are ever deleted:
//! the keyring is the person's, and other data directories keep their secrets in it too.

use nepho_store::{Store, StoreError};

use crate::owner::Owner;

const SETTING: &str = "keyring.intents";

pub(crate) async fn noted(store: &Store) -> Result<Vec<Owner>, StoreError> {
    let text = store.setting(SETTING).await?.unwrap_or_default();
    Ok(text.split_whitespace().map(Owner::parse).collect())
}

pub(crate) async fn note(store: &Store, owner: &Owner) -> Result<(), StoreError> {
    let mut all = noted(store).await?;
    if !all.contains(owner) {
        all.push(owner.clone());
        put(store, &all).await?;
    }
    Ok(())
}

pub(crate) async fn strike(store: &Store, owner: &Owner) -> Result<(), StoreError> {
    let mut all = noted(store).await?;
    all.retain(|noted| noted != owner);
    put(store, &all).await
}

async fn put(store: &Store, all: &[Owner]) -> Result<(), StoreError> {
    let words: Vec<String> = all.iter().map(Owner::to_string).collect();
    store.put_setting(SETTING, &words.join(" ")).await
}
