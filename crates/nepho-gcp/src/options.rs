//! What a project needs to be connected. Captured values only: nothing here reads the process's
//! environment, so a host decides what is looked at and when.

use std::{sync::Arc, time::Duration};

use nepho_core::{Access, Clock, Region, SystemClock};
use url::Url;

use crate::GcpIdentity;

/// How often Google refills its quotas.
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// How to connect one project.
#[derive(Clone, Debug)]
pub struct GcpOptions {
    /// Who signs in; shared by all projects of that sign-in.
    pub identity: Arc<GcpIdentity>,
    /// The project's id.
    pub project: String,
    /// A custom endpoint that the operator approved, the same as the identity's; `None` is Google
    /// itself. Nothing else, in the environment or in a key file, can name one.
    pub endpoint: Option<Url>,
    /// The regions to poll; empty is all of them.
    pub regions: Vec<Region>,
    /// Read-only builds no client that could mutate, and asks for tokens that cannot.
    pub access: Access,
    /// What time it is: quotas are refilled at each full minute.
    pub clock: Arc<dyn Clock>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// How often Google refills a quota: each minute. Tests have shorter minutes.
    pub quota_window: Duration,
}

impl GcpOptions {
    /// A project at Google itself: read-only, all regions, default time limits.
    pub fn new(identity: Arc<GcpIdentity>, project: String) -> Self {
        Self {
            identity,
            project,
            endpoint: None,
            regions: Vec::new(),
            access: Access::ReadOnly,
            clock: Arc::new(SystemClock),
            timeouts: Timeouts::default(),
            quota_window: MINUTE,
        }
    }
}

/// How long to wait for Google. Opening a connection takes at most 5 s, for every project of an
/// identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the request to the reply's status line.
    pub read: Duration,
    /// For one attempt, the reply's body included.
    pub attempt: Duration,
    /// For one call with its retries and its token, but without the time that it waits for quota.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { read: Duration::from_secs(15), attempt: Duration::from_secs(20), operation: Duration::from_mins(1) }
    }
}
