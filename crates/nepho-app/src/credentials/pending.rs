//! Which secrets in the keyring may have no account, or none any longer: the two-phase record.
//!
//! The keyring and the database cannot be changed at once. Before a secret is written, replaced or
//! left by its last account, its secret_id is list here; afterwards it is struck out. What a crash
//! leaves is swept at the next start. Only owners list in this data directory are ever deleted:
//! the keyring is the person's, and other data directories keep their secrets in it too.

use nepho_store::{Store, StoreError};

use crate::credentials::secret_id::SecretId;

const SETTING: &str = "keyring.intents";

pub(crate) async fn list(store: &Store) -> Result<Vec<SecretId>, StoreError> {
    let text = store.setting(SETTING).await?.unwrap_or_default();
    Ok(text.split_whitespace().map(SecretId::parse).collect())
}

pub(crate) async fn add(store: &Store, secret_id: &SecretId) -> Result<(), StoreError> {
    let mut all = list(store).await?;
    if !all.contains(secret_id) {
        all.push(secret_id.clone());
        put(store, &all).await?;
    }
    Ok(())
}

pub(crate) async fn remove(store: &Store, secret_id: &SecretId) -> Result<(), StoreError> {
    let mut all = list(store).await?;
    all.retain(|other| other != secret_id);
    put(store, &all).await
}

async fn put(store: &Store, all: &[SecretId]) -> Result<(), StoreError> {
    let words: Vec<String> = all.iter().map(SecretId::to_string).collect();
    store.put_setting(SETTING, &words.join(" ")).await
}
