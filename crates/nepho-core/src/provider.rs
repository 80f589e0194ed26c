//! The seam between the engine and a cloud.

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::{Action, Document, Identity, ProviderError, Resource, ResourceKey, Scope, State, Zone, text_id::text_id};

/// A resource to be read or acted on, and where the cloud keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The resource.
    pub key: ResourceKey,
    /// The zone that it was last seen in: some clouds address an instance by it.
    pub zone: Option<Zone>,
}

impl From<&Resource> for Target {
    fn from(resource: &Resource) -> Self {
        Self { key: resource.key.clone(), zone: resource.zone.clone() }
    }
}

/// What to do, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRequest {
    /// The action.
    pub action: Action,
    /// The contents of local disks may be discarded; see
    /// [`ActionMode::DiscardsLocalDisks`](crate::capability::ActionMode::DiscardsLocalDisks).
    pub discard_local_disks: bool,
}

impl From<Action> for ActionRequest {
    fn from(action: Action) -> Self {
        Self { action, discard_local_disks: false }
    }
}

text_id! {
    /// The provider's own name for an accepted action that goes on after its reply, such as an
    /// operation that it keeps; opaque to everybody else.
    Ticket
}

/// How far an accepted action is, in the provider's own record of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Waiting or at work.
    Underway,
    /// Carried out.
    Done,
    /// Ended without being carried out, or not wholly; why.
    Failed(ProviderError),
}

/// A resource with the provider's own description of it, as one listing or reading showed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedResource {
    /// The normalised resource.
    pub resource: Resource,
    /// The provider's own description, byte for byte.
    pub document: Document,
}

/// One step of a listing. Pages of different scopes interleave.
#[derive(Debug)]
pub enum SweepItem {
    /// Some resources of a scope.
    Page {
        /// The scope.
        scope: Scope,
        /// What was listed; possibly empty.
        resources: Vec<ListedResource>,
    },
    /// The scope was listed to its end.
    Complete {
        /// The scope.
        scope: Scope,
    },
    /// The scope's listing broke off; its pages so far prove no absence.
    Failed {
        /// The scope.
        scope: Scope,
        /// Why.
        error: ProviderError,
    },
}

/// How much a fresh read should find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// State and facts: for following an action.
    State,
    /// Also what a plan for this action must know and a listing does not say: preflight, local
    /// disks, permission.
    Plan(Action),
    /// The whole document, where a listing shows only a part of it.
    Document,
}

/// The answer of a fresh read for one key.
#[derive(Debug)]
pub struct ReadResult {
    /// The key asked for.
    pub key: ResourceKey,
    /// What was seen; `NotFound` when the provider does not know the key (which right after an
    /// action proves nothing: EC2 is eventually consistent).
    pub seen: Result<ReadResource, ProviderError>,
}

/// A resource as a fresh read showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadResource {
    /// The resource and its description.
    pub listed: ListedResource,
    /// What the plan must know; every other detail leaves every member `None`.
    pub preflight: Preflight,
}

/// What stands in an action's way or is lost by it. `None` means that it was not checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// Whether the cloud refuses to stop it (EC2 `disableApiStop`).
    pub stop: Option<bool>,
    /// Whether the cloud refuses to delete it (EC2 `disableApiTermination`).
    pub termination: Option<bool>,
    /// Whether it has local disks, whose contents a stop loses.
    pub local_disks: Option<bool>,
    /// Whether these credentials may take the planned action on it.
    pub permitted: Option<bool>,
    /// Whether there is such an action for it at all, where that is not the same for all of its kind.
    pub offered: Option<bool>,
    /// It has a public address, and whether that is released could not be found out.
    pub public_ip_unknown: bool,
}

/// The provider's answer to an action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The resource.
    pub key: ResourceKey,
    /// Accepted, or why not.
    pub outcome: Result<Accepted, ProviderError>,
}

/// The state that the provider's reply to an action named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Normalised. `None` when the reply names no state (EC2's `RebootInstances`).
    pub state: Option<State>,
    /// The provider's word; empty when the reply names none.
    pub raw_state: String,
    /// To be asked how the action goes, where the provider keeps a record of it.
    pub ticket: Option<Ticket>,
}

/// Requests sent and bytes received since the provider was built. Only ever grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// HTTP requests, retries included.
    pub requests: u64,
    /// Body bytes as they came over the wire (compressed).
    pub bytes_in: u64,
}

/// I/O for one account at one cloud. Methods may run concurrently.
///
/// There are no default methods: a wrapper that forgets one must not compile. A provider repeats a
/// mutation only where its cloud promises to carry the repeated request out once (by an id that the
/// request bears), and a read-only account's provider holds no client that could mutate.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Finds out whose credentials these are. The engine calls it before anything else, and
    /// compares the realm with the account's.
    async fn verify(&self) -> Result<Identity, ProviderError>;

    /// Names everything there is to poll. The engine caches the answer.
    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError>;

    /// Lists scopes: one request may serve many of them, one of them may be split over many
    /// requests. Each scope asked for ends with exactly one `Complete` or `Failed`, and nothing
    /// of it follows. Ids within a scope are unique.
    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem>;

    /// Reads the targets afresh: one observation per key, in any request. A key that the provider
    /// does not know does not spoil the others.
    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult>;

    /// Asks for the action: one answer per key. Batches within the provider's limits, and bisects
    /// a batch that was refused for one bad id, so the others still happen.
    async fn submit(&self, request: ActionRequest, targets: &[Target]) -> Vec<Submission>;

    /// Asks how accepted actions go: one answer per ticket, in their request. An error is a failed
    /// reading, which says nothing of the action.
    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>>;

    /// The version of the code that turns replies into [`Resource`]s; part of each row's
    /// fingerprint, so that a better converter rewrites rows whose documents did not change.
    fn converter_version(&self) -> u32;

    /// What has been sent and received so far.
    fn traffic(&self) -> Traffic;
}
