//! The vocabulary of tests: the scripts of a [`FakeProvider`](super::FakeProvider), and the calls
//! that it received.

use std::time::Duration;

use nepho_core::{
    Location, ProviderError, Scope,
    provider::{ActionRequest, Detail, ListedResource, Target, Ticket},
};

use super::Gate;

/// A kind of call that a [`Gate`] can hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `verify`.
    Verify,
    /// `scopes`.
    Scopes,
    /// The listing of one scope's location.
    List(Location),
    /// `observe`.
    Observe,
    /// `submit`.
    Submit,
}

/// The side of the cloud on which a gate holds a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Before the cloud receives the call: it has read and done nothing.
    Request,
    /// After the cloud has answered: it has read or acted, but the answer has not arrived.
    Reply,
}

/// One step of a scripted listing of one scope. A script that ends without [`ListStep::Complete`]
/// or [`ListStep::Fail`] breaks the provider's contract, which some tests want.
#[derive(Clone, Debug)]
pub enum ListStep {
    /// A page of these resources.
    Page(Vec<ListedResource>),
    /// Wait at the gate.
    Wait(Gate),
    /// Wait on tokio's clock.
    Sleep(Duration),
    /// Never continue.
    Hang,
    /// Complete the listing.
    Complete,
    /// Fail the listing.
    Fail(ProviderError),
}

/// One scripted answer of `observe` for one resource.
#[derive(Clone, Debug)]
pub enum ObserveStep {
    /// The resource as it is in the fake cloud.
    Truth,
    /// This resource, whatever the truth: a stale read.
    Seen(Box<ListedResource>),
    /// This error.
    Fail(ProviderError),
}

/// The outcome of one submitted action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitStep {
    /// Carried out and accepted: the resource moves into the action's transitional state.
    Accept,
    /// Accepted, and then failed: the resource settles in its former state, and `progress` reports
    /// the error.
    ComeToNothing(ProviderError),
    /// Not carried out.
    Refuse(ProviderError),
    /// Carried out, with the reply lost.
    LoseReply(ProviderError),
}

/// One call, in the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// `verify`.
    Verify,
    /// `scopes`.
    Scopes,
    /// `list` of these scopes.
    List(Vec<Scope>),
    /// `observe` of these targets.
    Observe {
        /// The targets.
        targets: Vec<Target>,
        /// The detail of the read.
        detail: Detail,
    },
    /// `submit`.
    Submit {
        /// The action and its mode.
        request: ActionRequest,
        /// The targets.
        targets: Vec<Target>,
    },
    /// `progress` of these tickets.
    Progress(Vec<Ticket>),
}

/// The number of calls of each method, and of submits that ran to their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `verify`.
    pub verify: usize,
    /// `scopes`.
    pub scopes: usize,
    /// `list`.
    pub list: usize,
    /// `observe`.
    pub observe: usize,
    /// `submit`.
    pub submit: usize,
    /// `submit` calls that returned; a call whose future was dropped is not among them.
    pub submit_ended: usize,
    /// `submit` calls that reached the cloud: of read-write accounts, with at least one key.
    pub mutations: usize,
}
