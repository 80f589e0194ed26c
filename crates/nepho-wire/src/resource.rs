//! One resource: the drawer's overview, its document, its command line, its console page.

use nepho_core::{
    self as domain,
    provider::{ActionRequest, OptionRefusal},
    report,
};
use nepho_index as index;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    enums::{Action, Lifecycle},
    journal::JournalEntry,
    limits::{KeyText, List},
    plan::ActionOptions,
    row::Row,
    time::maybe,
};

/// Asks for one resource.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GetResourceRequest {
    /// The key.
    pub key: KeyText,
}

/// One resource, as the cache has it.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ResourceDetails {
    /// The table's row.
    pub row: Row,
    /// The cloud's account: an AWS account id, a project.
    pub realm: String,
    /// Facts that the table does not show.
    pub facts: Facts,
    /// The actions that the provider has for its kind, each with whether its state allows it now.
    pub actions: Vec<OfferedAction>,
    /// True if the cloud's console has a page for it.
    pub console: bool,
    /// Its last journal entries, newest first.
    pub journal: Vec<JournalEntry>,
}

/// An action that a resource has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OfferedAction {
    /// The action.
    pub action: Action,
    /// True if its state and its account allow it, by the cache.
    pub possible: bool,
}

/// Facts of an instance beyond the table's columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Facts {
    /// Its purchasing model.
    pub lifecycle: Lifecycle,
    /// The scale group that owns it.
    pub group: Option<String>,
    /// The cloud service that owns it.
    pub managed_by: Option<String>,
    /// True if its root volume is an instance store.
    pub root_is_local: bool,
    /// A public address that a stop releases.
    pub ephemeral_public_ip: Option<String>,
    /// The image.
    pub image: Option<String>,
    /// The CPU architecture, in the provider's word.
    pub architecture: Option<String>,
    /// The operating system or billing platform, in the provider's words.
    pub platform: Option<String>,
    /// The VPC or network.
    pub network: Option<String>,
    /// The subnet.
    pub subnet: Option<String>,
    /// Security groups or firewall tags.
    pub security_groups: Vec<String>,
    /// The instance profile or service account.
    pub identity: Option<String>,
    /// The SSH key pair's name.
    pub key_pair: Option<String>,
    /// Attached disks.
    pub disks: Vec<String>,
    /// The reason for its state, in the provider's words.
    pub state_reason: Option<String>,
}

impl From<&index::Details> for ResourceDetails {
    fn from(details: &index::Details) -> Self {
        Self {
            row: Row::new(&details.row, details.selected),
            realm: details.row.key().realm.to_string(),
            facts: (&details.row.resource().facts).into(),
            actions: details.offers.iter().copied().map(OfferedAction::from).collect(),
            console: details.console,
            journal: details.journal.iter().map(JournalEntry::from).collect(),
        }
    }
}

impl From<report::Offer> for OfferedAction {
    fn from(offer: report::Offer) -> Self {
        Self { action: offer.action.into(), possible: offer.possible }
    }
}

impl From<report::ShownDocument> for Document {
    fn from(document: report::ShownDocument) -> Self {
        Self { json: document.json, as_of: maybe(document.as_of), whole: document.whole }
    }
}

impl From<&domain::resource::InstanceFacts> for Facts {
    fn from(facts: &domain::resource::InstanceFacts) -> Self {
        Self {
            lifecycle: facts.lifecycle.into(),
            group: facts.group.clone(),
            managed_by: facts.managed_by.clone(),
            root_is_local: facts.root_is_local,
            ephemeral_public_ip: facts.ephemeral_public_ip.map(|ip| ip.to_string()),
            image: facts.image.clone(),
            architecture: facts.architecture.clone(),
            platform: facts.platform.clone(),
            network: facts.network.clone(),
            subnet: facts.subnet.clone(),
            security_groups: facts.security_groups.clone(),
            identity: facts.identity.clone(),
            key_pair: facts.key_pair.clone(),
            disks: facts.disks.clone(),
            state_reason: facts.state_reason.clone(),
        }
    }
}

/// Asks for the provider's own description of a resource, as it is stored.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GetDocumentRequest {
    /// The key.
    pub key: KeyText,
}

/// Asks the provider for the full document of a resource, which is then stored.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FetchDocumentRequest {
    /// The key.
    pub key: KeyText,
}

/// The provider's own description of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Document {
    /// Pretty-printed JSON with every member that the provider sent.
    pub json: String,
    /// The time at which it was read; `null` when that is not known.
    pub as_of: Option<String>,
    /// True for the full document. A listing may show only a part; the provider can be asked for the rest.
    pub whole: bool,
}

/// Asks for the cloud's own command line.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CopyCommandRequest {
    /// For which action.
    pub action: Action,
    /// On which resources.
    #[ts(as = "Vec<KeyText>")]
    pub keys: List<KeyText>,
    /// The parameters.
    pub options: ActionOptions,
}

impl CopyCommandRequest {
    /// The action with its parameters.
    pub fn order(&self) -> Result<ActionRequest, OptionRefusal> {
        ActionRequest::new(self.action.into(), self.options.into())
    }
}

/// The cloud's own command line, for the clipboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CopiedCommand {
    /// One line per account and region; `None` when the cloud has no such command.
    pub command: Option<String>,
}

/// Asks to open a resource's page of the cloud's console in the browser.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenConsoleRequest {
    /// The resource's key. An address cannot be given.
    pub key: KeyText,
}
