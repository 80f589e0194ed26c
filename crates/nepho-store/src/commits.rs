//! Commits of listings, reads and failures to the cache, each complete or not at all.
//!
//! The engine decides the changes. This module makes the final check: a commit that was computed
//! from rows which another process has changed since, or that is older than the stored data,
//! changes nothing.

use nepho_core::{
    ScopeKey, Timestamp,
    cache::{CommitOutcome, KnownScope, RowWrite, RowsCommit, ScopeCommit},
};
use rusqlite::Connection;

use crate::{
    StoreError,
    columns::nanos,
    connection,
    error::Fault,
    table::documents::{self, Packed, Packer},
    table::resources,
    table::scopes::{self, Stored},
};

/// Returns the stored rows of a scope and their generation.
pub(crate) fn known_scope(connection: &mut Connection, key: &ScopeKey) -> Result<KnownScope, Fault> {
    let reading = connection::read(connection)?;
    let Some(stored) = scopes::find(&reading, key)? else { return Ok(KnownScope::default()) };
    Ok(KnownScope { generation: stored.generation, rows: resources::known(&reading, stored.id)? })
}

/// Commits a complete listing.
pub(crate) fn commit_scope(connection: &mut Connection, commit: &ScopeCommit) -> Result<CommitOutcome, Fault> {
    // Compressing takes longer than writing, so it happens before the transaction and does not
    // block other processes.
    let documents = pack(&commit.writes)?;
    let started_at = nanos(commit.started_at);
    let writing = connection::write(connection)?;
    let stored = scopes::find_or_make(&writing, &commit.key)?;
    if stored.as_of.is_some_and(|as_of| as_of > started_at) {
        return Ok(CommitOutcome::Older);
    }
    if stored.generation != commit.base {
        return Ok(CommitOutcome::Moved);
    }
    let mut change = Change { connection: &writing, key: &commit.key, scope: &stored, changed: 0, grown: 0 };
    change.belongs_together(&commit.writes)?;
    for (write, document) in commit.writes.iter().zip(&documents) {
        change.write(write, document.as_ref(), started_at, None)?;
    }
    for native in &commit.seen_again {
        change.see_again(native, started_at)?;
    }
    for native in &commit.missing {
        change.miss(native, started_at)?;
    }
    for native in &commit.gone {
        change.delete(native, started_at)?;
    }
    let generation = change.finish()?;
    scopes::complete(&writing, stored.id, commit.started_at)?;
    writing.commit()?;
    Ok(CommitOutcome::Committed(generation))
}

/// Commits reads of single rows.
pub(crate) fn commit_rows(connection: &mut Connection, commit: &RowsCommit) -> Result<CommitOutcome, Fault> {
    let documents = pack(&commit.writes)?;
    let observed_at = nanos(commit.observed_at);
    let writing = connection::write(connection)?;
    let stored = scopes::find_or_make(&writing, &commit.key)?;
    if stored.as_of.is_some_and(|as_of| as_of > observed_at) {
        return Ok(CommitOutcome::Older);
    }
    let mut change = Change { connection: &writing, key: &commit.key, scope: &stored, changed: 0, grown: 0 };
    change.belongs_together(&commit.writes)?;
    for (write, document) in commit.writes.iter().zip(&documents) {
        change.write(write, document.as_ref(), observed_at, Some(commit.observed_at))?;
    }
    let generation = change.finish()?;
    writing.commit()?;
    Ok(CommitOutcome::Committed(generation))
}

fn pack(writes: &[RowWrite]) -> Result<Vec<Option<Packed>>, Fault> {
    let mut packer = Packer::new()?;
    writes
        .iter()
        .map(|write| write.document.as_ref().map(|(document, hash)| packer.pack(document, *hash)).transpose())
        .collect()
}

/// The progress of one commit.
struct Change<'a> {
    connection: &'a Connection,
    key: &'a ScopeKey,
    scope: &'a Stored,
    changed: u64,
    grown: i64,
}

impl Change<'_> {
    /// Checks that every row belongs to the scope's realm. The scope's first row determines the
    /// realm.
    fn belongs_together(&self, writes: &[RowWrite]) -> Result<(), Fault> {
        let Some(first) = writes.first() else { return Ok(()) };
        let first = (first.resource.key.provider, &first.resource.key.realm);
        let (provider, realm) = self.scope.realm.as_ref().map_or(first, |(provider, realm)| (*provider, realm));
        let foreign = writes
            .iter()
            .map(|write| &write.resource.key)
            .find(|key| key.provider != provider || key.realm != *realm || key.kind != self.key.scope.kind);
        if let Some(key) = foreign {
            return Err(StoreError::ForeignRow { key: key.clone(), scope: self.key.clone() }.into());
        }
        if self.scope.realm.is_none() {
            scopes::set_realm(self.connection, self.scope.id, provider, realm)?;
        }
        Ok(())
    }

    /// Writes one row and its document, unless nothing changed or a later read is stored.
    fn write(
        &mut self,
        write: &RowWrite,
        document: Option<&Packed>,
        read_at: i64,
        observed_at: Option<Timestamp>,
    ) -> Result<(), Fault> {
        let stored = resources::find(self.connection, self.scope.id, &write.resource.key.native)?;
        if stored.is_some_and(|row| later(&row, read_at)) {
            return Ok(());
        }
        let observed = observed_at.map(nanos);
        let as_stored = stored.filter(|row| row.row == write.row);
        let (id, mut changed) = match as_stored {
            Some(row) if row.missing_since.is_none() && row.observed_at == observed => (row.id, false),
            Some(row) => {
                resources::mark(self.connection, row.id, None, observed)?;
                (row.id, true)
            }
            None => {
                let scope = (self.scope.id, self.key.scope.location.as_str());
                let id = resources::write(self.connection, scope, stored.map(|row| row.id), write, observed_at)?;
                self.grown += i64::from(stored.is_none());
                (id, true)
            }
        };
        if let Some(document) = document {
            changed |= documents::put(self.connection, id, document)?;
        }
        self.changed += u64::from(changed);
        Ok(())
    }

    fn see_again(&mut self, native: &str, read_at: i64) -> Result<(), Fault> {
        let Some(row) = self.earlier(native, read_at)? else { return Ok(()) };
        if row.missing_since.is_some() || row.observed_at.is_some() {
            resources::mark(self.connection, row.id, None, None)?;
            self.changed += 1;
        }
        Ok(())
    }

    fn miss(&mut self, native: &str, read_at: i64) -> Result<(), Fault> {
        let Some(row) = self.earlier(native, read_at)? else { return Ok(()) };
        if row.missing_since.is_none() {
            resources::mark(self.connection, row.id, Some(read_at), row.observed_at)?;
            self.changed += 1;
        }
        Ok(())
    }

    fn delete(&mut self, native: &str, read_at: i64) -> Result<(), Fault> {
        let Some(row) = self.earlier(native, read_at)? else { return Ok(()) };
        resources::delete(self.connection, row.id)?;
        self.changed += 1;
        self.grown -= 1;
        Ok(())
    }

    /// Returns the stored row, unless it was read alone after `read_at`.
    fn earlier(&self, native: &str, read_at: i64) -> Result<Option<resources::Stored>, Fault> {
        let stored = resources::find(self.connection, self.scope.id, native)?;
        Ok(stored.filter(|row| !later(row, read_at)))
    }

    /// Returns the scope's generation, incremented if any row changed.
    fn finish(self) -> Result<u64, Fault> {
        if self.changed == 0 {
            return Ok(self.scope.generation);
        }
        scopes::advance(self.connection, self.scope, self.grown)
    }
}

fn later(row: &resources::Stored, read_at: i64) -> bool {
    row.observed_at.is_some_and(|observed_at| observed_at > read_at)
}
