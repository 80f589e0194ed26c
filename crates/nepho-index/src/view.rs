//! The shown form of a row, and its summary.

use std::sync::Arc;

use nepho_core::{
    AccountId, Action, Failure, Health, Kind, ProviderKind, Resource, ResourceKey, State, Timestamp, Zone,
    cache::CachedRow,
};

use crate::{Overlay, freshness::Freshness, search::Scene, segment::Segment};

/// One row as the table and `nepho list` show it. It shares the stored row and copies none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView {
    /// The row as it is stored.
    pub row: Arc<CachedRow>,
    /// The account's name; its id while the account is unknown.
    pub account_name: Arc<str>,
    /// `true` for a production account.
    pub prod: bool,
    /// The reply to an action that is not confirmed yet, shown over the stored row.
    pub overlay: Option<Overlay>,
    /// The time of the facts: the start of the scope's last complete listing, or of a later read of
    /// this row alone. A listing counts at most as late as `missing_since`.
    pub as_of: Option<Timestamp>,
    /// `true` if the facts may be out of date: the scope's last listing failed, the row is missing, or
    /// `as_of` is older than the snapshot's limit (or unknown).
    pub stale: bool,
    /// The failure of the scope's last listing, if it failed.
    pub failure: Option<Failure>,
}

impl RowView {
    /// The resource as it is stored; [`RowView::state`] is what is shown.
    pub fn resource(&self) -> &Resource {
        &self.row.resource
    }

    /// The resource's key.
    pub fn key(&self) -> &ResourceKey {
        &self.resource().key
    }

    /// The display name, byte for byte; empty when it has none.
    pub fn name(&self) -> &str {
        &self.resource().name
    }

    /// The state: the overlay's while there is one that names a state, else the row's.
    pub fn state(&self) -> State {
        self.overlaid().map_or(self.resource().state, |(state, _)| state)
    }

    /// The provider's name of [`RowView::state`].
    pub fn raw_state(&self) -> &str {
        self.overlaid().map_or(&self.resource().raw_state, |(_, raw_state)| raw_state)
    }

    /// The action whose reply is shown over the row and is not yet confirmed.
    pub fn pending(&self) -> Option<Action> {
        self.overlay.as_ref().map(|overlay| overlay.action)
    }

    /// The health; unknown until checks exist.
    pub const fn health(&self) -> Health {
        Health::Unknown
    }

    /// The region, or the zone where that is the nearer place.
    pub fn place(&self) -> &str {
        self.resource().zone.as_ref().map_or(self.key().region.as_str(), Zone::as_str)
    }

    fn overlaid(&self) -> Option<(State, &str)> {
        let overlay = self.overlay.as_ref()?;
        Some((overlay.state?, &overlay.raw_state))
    }
}

/// The facts of a row that a selection needs; cheap enough for 100,000 rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSummary {
    /// Whose.
    pub account: AccountId,
    /// The cloud.
    pub provider: ProviderKind,
    /// The kind.
    pub kind: Kind,
    /// The state as shown, overlay included.
    pub state: State,
    /// See [`RowView::pending`].
    pub pending: Option<Action>,
}

/// Builds a row.
pub(crate) fn view(scene: &Scene<'_>, at: usize, freshness: Freshness) -> RowView {
    let row = scene.segment.row(at);
    let failure = scene.record.and_then(|record| record.failure.clone());
    let as_of = scene.as_of(at);
    RowView {
        account_name: scene.account.map_or(row.account.as_str(), |account| &account.name).into(),
        prod: scene.is_prod(),
        overlay: scene.overlay(at).cloned(),
        as_of,
        stale: failure.is_some() || row.missing_since.is_some() || freshness.is_old(as_of),
        failure,
        row: Arc::clone(row),
    }
}

/// Returns the summary of a row.
pub(crate) fn summary(segment: &Segment, at: usize, overlay: Option<&Overlay>) -> RowSummary {
    let row = segment.row(at);
    RowSummary {
        account: row.account.clone(),
        provider: row.resource.key.provider,
        kind: row.resource.key.kind,
        state: overlay.and_then(|overlay| overlay.state).unwrap_or(segment.states[at]),
        pending: overlay.map(|overlay| overlay.action),
    }
}
