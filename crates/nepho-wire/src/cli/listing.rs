//! `nepho list --json` and `nepho show --json`.

use std::collections::BTreeMap;

use nepho_core as domain;
use nepho_index as index;
use serde::Serialize;

use crate::{
    enums::{Action, Health, Kind, ProviderKind, State},
    failure::Failure,
    resource::{Document, Facts},
    row::texts,
    time::maybe,
};

/// A row of `nepho list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// The display name, byte for byte.
    pub name: String,
    /// The normalised state.
    pub state: State,
    /// The provider's word for it.
    pub raw_state: String,
    /// The health.
    pub health: Health,
    /// The machine type.
    pub size: String,
    /// Private addresses, primary first.
    pub private_ips: Vec<String>,
    /// Public addresses, primary first.
    pub public_ips: Vec<String>,
    /// Tags or labels.
    pub tags: BTreeMap<String, String>,
    /// When it was created, where that is known.
    pub created_at: Option<String>,
    /// The start of the last complete listing that saw it.
    pub as_of: Option<String>,
    /// Whether that is too old, its scope failed, or it is missing.
    pub stale: bool,
    /// DNS names.
    pub dns_names: Vec<String>,
    /// When it was last started.
    pub started_at: Option<String>,
    /// The action whose effect is expected but not seen yet.
    pub pending: Option<Action>,
    /// The start of the first complete listing that did not show it, if the last one did not.
    pub missing_since: Option<String>,
    /// Why its scope's last listing failed.
    pub error: Option<Failure>,
}

impl From<&index::RowView> for ListRow {
    fn from(view: &index::RowView) -> Self {
        Self {
            key: view.key.to_string(),
            provider: view.provider.into(),
            account: view.account_name.to_string(),
            kind: view.kind.into(),
            region: view.region.to_string(),
            location: view.location.to_string(),
            zone: view.zone.as_ref().map(ToString::to_string),
            id: view.key.native.to_string(),
            name: view.name.clone(),
            state: view.state.into(),
            raw_state: view.raw_state.clone(),
            health: view.health.into(),
            size: view.size.clone(),
            private_ips: texts(&view.private_ips),
            public_ips: texts(&view.public_ips),
            tags: view.tags.clone(),
            created_at: maybe(view.created_at),
            as_of: maybe(view.as_of),
            stale: view.stale,
            dns_names: view.dns_names.clone(),
            started_at: maybe(view.started_at),
            pending: view.pending.map(Action::from),
            missing_since: maybe(view.missing_since),
            error: view.failure.as_ref().map(Failure::from),
        }
    }
}

/// One resource: the row of `nepho list`, and what only `nepho show` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShowJson {
    /// The row.
    #[serde(flatten)]
    pub row: ListRow,
    /// What the row does not say.
    pub facts: Facts,
    /// The provider's own description, with every member that was sent; `null` when none is kept.
    pub document: Option<serde_json::Value>,
    /// When the description was read; `null` when that is not known.
    pub document_as_of: Option<String>,
    /// Whether it is the whole one; `null` when none is kept. A listing may show only a part.
    pub document_whole: Option<bool>,
}

impl ShowJson {
    /// The resource as the index shows it, with its facts and its document.
    pub fn new(
        view: &index::RowView,
        facts: &domain::resource::InstanceFacts,
        document: Option<&Document>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            row: view.into(),
            facts: facts.into(),
            document: document.map(|document| serde_json::from_str(&document.json)).transpose()?,
            document_as_of: document.and_then(|document| document.as_of.clone()),
            document_whole: document.map(|document| document.whole),
        })
    }
}
