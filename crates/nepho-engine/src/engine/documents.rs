//! The engine's handle: provider documents, stored or read in full.

use nepho_core::{
    Failure, FailureCode, ProviderError, ResourceKey,
    cache::StoredDocument,
    provider::{Detail, ReadResource, Target},
};

use crate::{EngineError, engine::Engine};

impl Engine {
    /// Returns the resource's document from the store: the last full document if there is one,
    /// otherwise the listed one. Sends no request.
    pub async fn document(&self, key: &ResourceKey) -> Result<Option<StoredDocument>, EngineError> {
        let partly = self.is_listed_in_part(key);
        if partly && let Some((document, read_at)) = self.store().full_document(key).await? {
            return Ok(Some(StoredDocument { document, as_of: Some(read_at), whole: true }));
        }
        let Some(document) = self.store().document(key).await? else { return Ok(None) };
        let as_of = self.snapshot().get(key, self.0.clock.now()).and_then(|row| row.as_of);
        Ok(Some(StoredDocument { document, as_of, whole: !partly }))
    }

    /// Returns the full document of the resource. If listings return partial documents, this reads
    /// and stores the full one; otherwise the stored document is full and nothing is sent.
    ///
    /// After a failure the stored document stays; see [`Engine::document`].
    pub async fn fetch_document(&self, key: &ResourceKey) -> Result<StoredDocument, Failure> {
        self.loaded().await;
        let not_found = || Failure::from(&ProviderError::NotFound { key: key.clone() });
        if !self.is_listed_in_part(key) {
            let stored = self.document(key).await.map_err(|error| internal(&error))?;
            return stored.ok_or_else(not_found);
        }
        let row = self.snapshot().row(key).ok_or_else(not_found)?;
        let account = self.account(&row.account).ok_or_else(not_found)?;
        let session = self.0.sessions.of(&account).await?;
        let as_of = self.0.clock.now();
        let results = session.provider.observe(&[Target::from(&row.resource)], Detail::Document).await;
        let seen = results.into_iter().find(|result| result.key == *key).ok_or_else(not_found)?.seen;
        let ReadResource { listed, .. } = match seen {
            Ok(observed) => observed,
            Err(error) => {
                let failure = Failure::from(&error);
                self.0.sessions.note(&account.id, &failure).await;
                return Err(failure);
            }
        };
        if let Err(error) = self.store().put_full_document(key, &listed.document, as_of).await {
            tracing::warn!(%error, "cannot store a full document");
        }
        // The read is not stored as the row: its document differs from a listing's, so each would
        // overwrite the other permanently. An outdated row is read separately.
        if listed.resource.raw_state != row.resource.raw_state {
            self.read_rows(&account.id, vec![key.clone()]).await;
        }
        Ok(StoredDocument { document: listed.document, as_of: Some(as_of), whole: true })
    }

    fn is_listed_in_part(&self, key: &ResourceKey) -> bool {
        let capabilities = self.descriptor(key.provider).capabilities(key.kind);
        capabilities.is_some_and(|capabilities| capabilities.lists_part_of_document)
    }
}

/// Converts an internal error to a failure.
fn internal(error: &EngineError) -> Failure {
    Failure { code: FailureCode::Other, message: error.to_string() }
}
