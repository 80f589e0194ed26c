//! Options of one project's connection. They hold captured values only: nothing in this crate reads
//! the environment of the process, so the host decides what is read, and when.

use std::{sync::Arc, time::Duration};

use nepho_core::{Access, Clock, Region, SystemClock};
use url::Url;

use crate::{GcpIdentity, rate_limit::QUOTA_WINDOW, timeouts::Timeouts};

/// Options of one project's connection.
#[derive(Clone, Debug)]
pub struct GcpOptions {
    /// The sign-in, shared by all its projects.
    pub identity: Arc<GcpIdentity>,
    /// The project's id.
    pub project: String,
    /// The custom endpoint that the operator approved, the same as the identity's; `None` is Google
    /// itself. No variable of the environment and no credential file can name another.
    pub endpoint: Option<Url>,
    /// The regions to poll; empty is all of them.
    pub regions: Vec<Region>,
    /// A read-only account has no client that could mutate, and its tokens cannot change anything.
    pub access: Access,
    /// The clock of the quotas: Google refills them at each full minute.
    pub clock: Arc<dyn Clock>,
    /// The time limits of each call.
    pub timeouts: Timeouts,
    /// The time between two refills of a quota: one minute. Tests use a shorter one.
    pub quota_window: Duration,
}

impl GcpOptions {
    /// Options of a project at Google itself: read-only, all regions, default time limits.
    pub fn new(identity: Arc<GcpIdentity>, project: String) -> Self {
        Self {
            identity,
            project,
            endpoint: None,
            regions: Vec::new(),
            access: Access::ReadOnly,
            clock: Arc::new(SystemClock),
            timeouts: Timeouts::default(),
            quota_window: QUOTA_WINDOW,
        }
    }
}
