//! A row of the table: everything that the window shows of a resource without asking again.

use std::collections::BTreeMap;

use nepho_index as index;
use serde::Serialize;
use ts_rs::TS;

use crate::{
    enums::{Action, Health, Kind, ProviderKind, State},
    failure::Failure,
    time::maybe,
};

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Row {
    /// The resource key.
    pub key: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The account's name.
    pub account: String,
    /// The account's id.
    pub account_id: String,
    /// Whether it is a production account.
    pub prod: bool,
    /// The kind.
    pub kind: Kind,
    /// The region.
    pub region: String,
    /// The zone.
    pub zone: Option<String>,
    /// The cloud's own id.
    pub id: String,
    /// The display name, byte for byte as the cloud has it; empty when it has none.
    pub name: String,
    /// The normalised state; while an action is pending, what the cloud's reply said.
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
    /// When it was created; only from a source that keeps it.
    pub created_at: Option<String>,
    /// When it was last started.
    pub started_at: Option<String>,
    /// The start of the last complete listing that saw it.
    pub as_of: Option<String>,
    /// Whether that is too old, its scope failed, or it is missing.
    pub stale: bool,
    /// The start of the first complete listing that did not show it, if the last one did not.
    pub missing_since: Option<String>,
    /// Why its scope's last listing failed.
    pub failure: Option<Failure>,
    /// Whether it is selected.
    pub selected: bool,
}

impl Row {
    /// The row as the index shows it, and whether it is selected.
    pub fn new(view: &index::RowView, selected: bool) -> Self {
        Self {
            key: view.key.to_string(),
            provider: view.provider.into(),
            account: view.account_name.to_string(),
            account_id: view.account.to_string(),
            prod: view.prod,
            kind: view.kind.into(),
            region: view.region.to_string(),
            zone: view.zone.as_ref().map(ToString::to_string),
            id: view.key.native.to_string(),
            name: view.name.clone(),
            state: view.state.into(),
            raw_state: view.raw_state.clone(),
            pending: view.pending.map(Action::from),
            health: view.health.into(),
            size: view.size.clone(),
            private_ips: texts(&view.private_ips),
            public_ips: texts(&view.public_ips),
            dns_names: view.dns_names.clone(),
            tags: view.tags.clone(),
            created_at: maybe(view.created_at),
            started_at: maybe(view.started_at),
            as_of: maybe(view.as_of),
            stale: view.stale,
            missing_since: maybe(view.missing_since),
            failure: view.failure.as_ref().map(Failure::from),
            selected,
        }
    }
}

/// Each as text.
pub(crate) fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}
