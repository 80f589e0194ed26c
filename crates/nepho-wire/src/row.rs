//! A row: the members that the window and `nepho list` share, and those of the window alone.

use std::collections::BTreeMap;

use nepho_index as index;
use serde::Serialize;
use ts_rs::TS;

use crate::{
    enums::{Action, Health, Kind, ProviderKind, State},
    failure::Failure,
    time::maybe,
};

/// A row as `nepho list` prints it, and the part of a row that the window has in common with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ListRow {
    /// The resource key.
    pub key: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The account's name.
    pub account: String,
    /// The kind.
    pub kind: Kind,
    /// The region.
    pub region: String,
    /// The region or the zone whose listing shows it.
    pub location: String,
    /// The zone.
    pub zone: Option<String>,
    /// The cloud's own id.
    pub id: String,
    /// The display name, byte for byte as the cloud has it; empty when it has none.
    pub name: String,
    /// The normalised state; while an action is pending, the state that the cloud's reply named.
    pub state: State,
    /// The provider's word for it.
    pub raw_state: String,
    /// The action whose effect is expected but not seen yet.
    pub pending: Option<Action>,
    /// The health.
    pub health: Health,
    /// The machine type.
    pub size: String,
    /// Private addresses, primary first.
    pub private_ips: Vec<String>,
    /// Public addresses, primary first.
    pub public_ips: Vec<String>,
    /// DNS names.
    pub dns_names: Vec<String>,
    /// Tags or labels.
    pub tags: BTreeMap<String, String>,
    /// The time of its creation; only from a source that keeps it.
    pub created_at: Option<String>,
    /// The time of its last start.
    pub started_at: Option<String>,
    /// The start of the last complete listing that saw it.
    pub as_of: Option<String>,
    /// True if that is too old, its scope failed, or it is missing.
    pub stale: bool,
    /// The start of the first complete listing that did not show it, if the last one did not.
    pub missing_since: Option<String>,
    /// The reason why its scope's last listing failed.
    pub error: Option<Failure>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Row {
    /// The common part.
    #[serde(flatten)]
    pub common: ListRow,
    /// The account's id.
    pub account_id: String,
    /// True for a production account.
    pub prod: bool,
    /// True if it is selected.
    pub selected: bool,
}

impl From<&index::RowView> for ListRow {
    fn from(view: &index::RowView) -> Self {
        let resource = view.resource();
        Self {
            key: resource.key.to_string(),
            provider: resource.key.provider.into(),
            account: view.account_name.to_string(),
            kind: resource.key.kind.into(),
            region: resource.key.region.to_string(),
            location: view.row.scope.location.to_string(),
            zone: resource.zone.as_ref().map(ToString::to_string),
            id: resource.key.native.to_string(),
            name: resource.name.clone(),
            state: view.state().into(),
            raw_state: view.raw_state().to_owned(),
            pending: view.pending().map(Action::from),
            health: view.health().into(),
            size: resource.size.clone(),
            private_ips: texts(&resource.private_ips),
            public_ips: texts(&resource.public_ips),
            dns_names: resource.dns_names.clone(),
            tags: resource.tags.clone(),
            created_at: maybe(resource.created_at),
            started_at: maybe(resource.started_at),
            as_of: maybe(view.as_of),
            stale: view.stale,
            missing_since: maybe(view.row.missing_since),
            error: view.failure.as_ref().map(Failure::from),
        }
    }
}

impl Row {
    /// The row as the index shows it, and whether it is selected.
    pub fn new(view: &index::RowView, selected: bool) -> Self {
        Self { common: view.into(), account_id: view.row.account.to_string(), prod: view.prod, selected }
    }
}

impl From<&index::InventoryRow> for Row {
    fn from(shown: &index::InventoryRow) -> Self {
        Self::new(&shown.row, shown.selected)
    }
}

/// Each as text.
pub(crate) fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}
