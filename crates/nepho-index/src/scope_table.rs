//! Table of scopes, by account: the record of each scope, and the slot of its rows.
//!
//! A change of one scope copies the pointers of its account's scopes and of the accounts. It copies no
//! record and no scope of another account, so its cost does not grow with the number of all scopes.

use std::{collections::BTreeMap, sync::Arc};

use nepho_core::{AccountId, Scope, ScopeKey, cache::ScopeRecord};

/// The scopes of one account.
type Scopes = BTreeMap<Scope, Entry>;

/// The scopes of all accounts. Clones share every account's scopes until one of them changes.
#[derive(Clone, Default)]
pub(crate) struct ScopeTable(Arc<BTreeMap<AccountId, Arc<Scopes>>>);

/// One scope. An entry without record and without slot is removed.
#[derive(Clone, Default)]
struct Entry {
    record: Option<Arc<ScopeRecord>>,
    /// The slot of the segment with the scope's rows; `None` if the scope never had a row.
    slot: Option<u32>,
}

impl ScopeTable {
    /// Returns the record of a scope.
    pub(crate) fn record(&self, key: &ScopeKey) -> Option<&ScopeRecord> {
        self.entry(key)?.record.as_deref()
    }

    /// Returns every record, by account and scope.
    pub(crate) fn records(&self) -> impl Iterator<Item = &ScopeRecord> {
        self.0.values().flat_map(|scopes| scopes.values()).filter_map(|entry| entry.record.as_deref())
    }

    /// Returns the records of one account, by scope.
    pub(crate) fn records_of(&self, account: &AccountId) -> impl Iterator<Item = &ScopeRecord> {
        self.0.get(account).into_iter().flat_map(|scopes| scopes.values()).filter_map(|entry| entry.record.as_deref())
    }

    /// Returns the slot of a scope's rows.
    pub(crate) fn slot(&self, key: &ScopeKey) -> Option<u32> {
        self.entry(key)?.slot
    }

    /// Returns the slots of one account's rows.
    pub(crate) fn slots_of(&self, account: &AccountId) -> impl Iterator<Item = u32> {
        self.0.get(account).into_iter().flat_map(|scopes| scopes.values()).filter_map(|entry| entry.slot)
    }

    /// Returns the keys of one account's scopes.
    pub(crate) fn keys_of(&self, account: &AccountId) -> Vec<ScopeKey> {
        let scopes = self.0.get(account).into_iter().flat_map(|scopes| scopes.keys());
        scopes.map(|scope| ScopeKey { account: account.clone(), scope: scope.clone() }).collect()
    }

    /// Inserts or replaces a record.
    pub(crate) fn put(&mut self, record: ScopeRecord) {
        let key = record.key.clone();
        self.entry_mut(&key).record = Some(Arc::new(record));
    }

    /// Stores the slot of a scope's rows.
    pub(crate) fn set_slot(&mut self, key: &ScopeKey, slot: u32) {
        self.entry_mut(key).slot = Some(slot);
    }

    /// Removes a scope and returns the slot of its rows.
    pub(crate) fn remove(&mut self, key: &ScopeKey) -> Option<u32> {
        self.entry(key)?;
        let accounts = Arc::make_mut(&mut self.0);
        let scopes = accounts.get_mut(&key.account)?;
        let removed = Arc::make_mut(scopes).remove(&key.scope);
        if scopes.is_empty() {
            accounts.remove(&key.account);
        }
        removed?.slot
    }

    fn entry(&self, key: &ScopeKey) -> Option<&Entry> {
        self.0.get(&key.account)?.get(&key.scope)
    }

    fn entry_mut(&mut self, key: &ScopeKey) -> &mut Entry {
        let scopes = Arc::make_mut(&mut self.0).entry(key.account.clone()).or_default();
        Arc::make_mut(scopes).entry(key.scope.clone()).or_default()
    }
}
