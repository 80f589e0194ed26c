//! The interface between the engine and a cloud.

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use crate::action_request::{ActionOptions, ActionRequest, OptionRefusal, StopOptions};
use crate::{Action, Document, Identity, ProviderError, Resource, ResourceKey, Scope, State, Zone, text_id::text_id};

/// A resource to read or act on, with its place at the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The resource.
    pub key: ResourceKey,
    /// The zone that it was last seen in; some clouds need it to address an instance.
    pub zone: Option<Zone>,
}

impl From<&Resource> for Target {
    fn from(resource: &Resource) -> Self {
        Self { key: resource.key.clone(), zone: resource.zone.clone() }
    }
}

text_id! {
    /// The provider's id of an accepted action that continues after its reply, such as a long-running
    /// operation. Opaque to every other crate.
    Ticket
}

/// Progress of an accepted action, from the provider's own operation record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Pending or running.
    Underway,
    /// Finished successfully.
    Done,
    /// Ended without success, or with partial success, and the error.
    Failed(ProviderError),
}

/// A resource with its provider document, both from one listing or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedResource {
    /// The normalised resource.
    pub resource: Resource,
    /// The provider's document, byte for byte.
    pub document: Document,
}

/// One step of a listing. Pages of different scopes interleave.
#[derive(Debug)]
pub enum SweepItem {
    /// Some resources of a scope.
    Page {
        /// The scope.
        scope: Scope,
        /// The listed resources; possibly empty.
        resources: Vec<ListedResource>,
    },
    /// The scope's listing reached its end.
    Complete {
        /// The scope.
        scope: Scope,
    },
    /// The scope's listing failed; its pages so far prove no absence.
    Failed {
        /// The scope.
        scope: Scope,
        /// The error.
        error: ProviderError,
    },
}

/// Amount of detail that a fresh read returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// State and facts, for following an action.
    State,
    /// Also the details that a plan for this action needs and a listing lacks: protection, local
    /// disks and permission.
    Plan(Action),
    /// The full document, where a listing returns a partial one.
    Document,
}

/// The result of a fresh read for one key.
#[derive(Debug)]
pub struct ReadResult {
    /// The requested key.
    pub key: ResourceKey,
    /// The resource, or `NotFound` when the provider does not know the key. Right after an action
    /// `NotFound` proves nothing: EC2 is eventually consistent.
    pub seen: Result<ReadResource, ProviderError>,
}

/// A resource as a fresh read returned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadResource {
    /// The resource and its document.
    pub listed: ListedResource,
    /// Pre-flight results for [`Detail::Plan`]; with every other detail, no check was made.
    pub preflight: Preflight,
}

/// Results of the pre-flight checks of one planned action on one resource. `None` means not
/// checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// The cloud refuses to stop it (EC2 `disableApiStop`).
    pub stop: Option<bool>,
    /// The cloud refuses to delete it (EC2 `disableApiTermination`).
    pub termination: Option<bool>,
    /// It has local disks, whose contents a stop loses.
    pub local_disks: Option<bool>,
    /// It is configured for hibernation.
    pub hibernation: Option<bool>,
    /// The credentials permit the planned action on it.
    pub permitted: Option<bool>,
    /// The cloud offers the action for this resource, where that differs within a kind.
    pub offered: Option<bool>,
    /// It has a public IP, and the provider could not determine whether the action releases it.
    pub public_ip_unknown: bool,
}

/// The provider's reply to an action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The resource.
    pub key: ResourceKey,
    /// The acceptance, or the reason for the refusal. [`ProviderError::not_sent`] means that no
    /// request was made for this key.
    pub outcome: Result<Accepted, ProviderError>,
}

/// The state that the provider's reply to an action contained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The normalised state; `None` when the reply has no state (EC2's `RebootInstances`).
    pub state: Option<State>,
    /// The provider's name of the state; empty if the reply has none.
    pub raw_state: String,
    /// The id to poll for progress, where the provider keeps an operation record.
    pub ticket: Option<Ticket>,
}

/// Requests sent and bytes received since the provider was built. The counts never decrease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// HTTP requests, retries included.
    pub requests: u64,
    /// Body bytes as received, before decompression.
    pub bytes_in: u64,
}

/// Input and output for one account at one cloud. Methods may run concurrently.
///
/// There are no default methods, so that a wrapper that forgets one does not compile. A provider
/// repeats a mutation only where its cloud guarantees to perform the repeated request once (by a
/// request id). The provider of a read-only account holds no client that could mutate.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Determines the identity behind the credentials. The engine calls it before any other method
    /// and compares the realm with the account's.
    async fn verify(&self) -> Result<Identity, ProviderError>;

    /// Returns every scope that can be polled. The engine caches the result.
    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError>;

    /// Lists scopes. One request may serve many scopes, and one scope may need many requests. Each
    /// requested scope ends with exactly one `Complete` or `Failed`, after which no item of that
    /// scope follows. Ids within a scope are unique.
    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem>;

    /// Reads the targets from the cloud and returns one result per key, in any order. A key that
    /// the provider does not know does not affect the others.
    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult>;

    /// Submits the action and yields one result per key, each as soon as its reply is here. Batches
    /// within the provider's limits, and bisects a batch that was refused for one bad id, so that the
    /// other targets still run. The requests run while the stream is polled.
    fn submit<'a>(&'a self, request: ActionRequest, targets: &'a [Target]) -> BoxStream<'a, Submission>;

    /// Polls accepted actions and returns one result per ticket, in the order of `tickets`. An
    /// error means that the poll failed; it says nothing about the action.
    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>>;

    /// Returns the version of the code that converts replies to [`Resource`]s. It is part of each
    /// row's fingerprint, so that a new converter rewrites rows whose documents did not change.
    fn converter_version(&self) -> u32;

    /// Returns the traffic so far.
    fn traffic(&self) -> Traffic;
}
