//! The vocabulary in which tests say what a [`FakeProvider`](super::FakeProvider) does, and read
//! what was asked of it.

use std::time::Duration;

use nepho_core::{
    Location, ProviderError, Scope,
    provider::{ActionRequest, Detail, ListedResource, Target, Ticket},
};

use super::Gate;

/// A kind of call, to be held by a [`Gate`].
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

/// On which side of the cloud a call is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Before the cloud sees it: nothing has been read or done.
    Request,
    /// After: what was read is frozen and what was asked is done, but the answer has not arrived.
    Reply,
}

/// One step of a scripted listing of one scope. A script that ends without [`ListStep::Complete`]
/// or [`ListStep::Fail`] breaks the provider's contract, which some tests want.
#[derive(Clone, Debug)]
pub enum ListStep {
    /// A page with these.
    Page(Vec<ListedResource>),
    /// Wait at the gate.
    Wait(Gate),
    /// Wait on tokio's clock.
    Sleep(Duration),
    /// Never go on.
    Hang,
    /// End well.
    Complete,
    /// End badly.
    Fail(ProviderError),
}

/// One scripted answer of `observe` for one resource.
#[derive(Clone, Debug)]
pub enum ObserveStep {
    /// The resource as it is in the fake cloud.
    Truth,
    /// This, whatever the truth: a stale read.
    Seen(Box<ListedResource>),
    /// This error.
    Fail(ProviderError),
}

/// What becomes of one submitted action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitStep {
    /// Carried out and accepted: the resource goes into the action's transitional state.
    Accept,
    /// Accepted, and then not carried out: it settles in the state from before, and its record says
    /// why.
    ComeToNothing(ProviderError),
    /// Not carried out.
    Refuse(ProviderError),
    /// Carried out, and the reply is lost.
    LoseReply(ProviderError),
}

/// A call that was made, in the order of arrival.
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
        /// How much was asked.
        detail: Detail,
    },
    /// `submit`.
    Submit {
        /// The action, and how.
        request: ActionRequest,
        /// The targets.
        targets: Vec<Target>,
    },
    /// `progress` of these tickets.
    Progress(Vec<Ticket>),
}

/// How often each method was called, and how many submits ran to their end.
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
    /// `submit` calls that returned; one whose future was dropped is not among them.
    pub submit_ended: usize,
    /// `submit` calls that reached the cloud: of read-write accounts, with at least one key.
    pub mutations: usize,
}
