//! Details of one resource, for the drawer and `nepho show`.

use nepho_core::{
    Access, Account, Resource, ResourceKey, ScopeKey,
    cache::{CachedRow, StoredDocument},
    descriptor::DocumentError,
    provider::ActionRequest,
    report::{Offer, ShownDocument},
};
use nepho_index::Details;

use crate::{App, AppError};

/// The number of a resource's journal entries in its details.
const ENTRIES: usize = 50;

impl App {
    /// One resource, from the cache.
    pub async fn details(&self, key: &ResourceKey) -> Result<Details, AppError> {
        self.ready().await;
        let row = self.row(key)?;
        let snapshot = self.snapshot();
        let scope = ScopeKey { account: row.row.account.clone(), scope: row.row.scope.clone() };
        let descriptor = self.engine().descriptor(key.provider);
        let writable = snapshot.account(&scope.account).is_some_and(|account| account.access == Access::ReadWrite);
        let rules = descriptor.capabilities(key.kind).map_or(&[][..], |capabilities| capabilities.actions);
        let (state, free) = (row.state(), writable && row.pending().is_none());
        // Read first: the lock must not be held while the journal is read.
        let selected = self.selection().contains(key);
        Ok(Details {
            selected,
            offers: rules
                .iter()
                .map(|rule| Offer { action: rule.action, possible: free && rule.from.contains(&state) })
                .collect(),
            console: descriptor.console_url(row.resource()).is_some(),
            scope: snapshot.scope(&scope).cloned(),
            journal: self.store().entries_of(key, ENTRIES).await?,
            row,
        })
    }

    /// The provider's own description of a resource, as it is stored.
    pub async fn document(&self, key: &ResourceKey) -> Result<ShownDocument, AppError> {
        let stored = self.engine().document(key).await?;
        let none = || AppError::NoDocument { key: key.clone(), reason: "it is not stored".to_owned() };
        self.readable(key, &stored.ok_or_else(none)?)
    }

    /// The provider's full description of a resource: fetched and stored where a listing shows a part of
    /// it. On failure the stored description stays.
    pub async fn fetch_document(&self, key: &ResourceKey) -> Result<ShownDocument, AppError> {
        self.ready().await;
        let account = self.cached(key)?.account;
        let fetched = self.engine().fetch_document(key).await;
        self.readable(key, &fetched.map_err(|failure| AppError::failed(&account, failure))?)
    }

    fn readable(&self, key: &ResourceKey, stored: &StoredDocument) -> Result<ShownDocument, AppError> {
        let unreadable = |error: DocumentError| AppError::NoDocument { key: key.clone(), reason: error.to_string() };
        let json = self.engine().descriptor(key.provider).document_json(&stored.document).map_err(unreadable)?;
        Ok(ShownDocument { json, as_of: stored.as_of, whole: stored.whole })
    }

    /// The cloud's own command line for an action, one line per account and region; `None` when the
    /// cloud has none.
    pub fn command(&self, request: ActionRequest, keys: &[ResourceKey]) -> Result<Option<String>, AppError> {
        let snapshot = self.snapshot();
        let mut groups: Vec<(Account, ResourceKey, Vec<Resource>)> = Vec::new();
        for key in keys {
            let row = self.cached(key)?;
            let Some(account) = snapshot.account(&row.account) else { continue };
            let same = |(of, first, _): &&mut (Account, ResourceKey, _)| {
                of.id == account.id && first.region == key.region && first.kind == key.kind
            };
            match groups.iter_mut().find(same) {
                Some((_, _, resources)) => resources.push(row.resource),
                None => groups.push((account.clone(), key.clone(), vec![row.resource])),
            }
        }
        let line = |(account, key, resources): &(Account, ResourceKey, Vec<_>)| {
            self.engine().descriptor(key.provider).command(account, request, resources)
        };
        let lines: Vec<String> = groups.iter().filter_map(line).collect();
        Ok((!lines.is_empty()).then(|| lines.join("\n")))
    }

    /// The page of the cloud's console that shows the resource; always `https`.
    pub fn console_url(&self, key: &ResourceKey) -> Result<String, AppError> {
        let cached = self.cached(key)?;
        let url = self.engine().descriptor(key.provider).console_url(&cached.resource);
        url.filter(|url| url.starts_with("https://")).ok_or_else(|| AppError::NoConsole { key: key.clone() })
    }

    fn cached(&self, key: &ResourceKey) -> Result<CachedRow, AppError> {
        let unknown = || AppError::UnknownResource { key: key.clone() };
        self.snapshot().row(key).map(|row| (*row).clone()).ok_or_else(unknown)
    }
}
