//! Faults of the double, and the rules that apply them.

use std::time::Duration;

/// A fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 403 `forbidden`: the permission is missing.
    Denied,
    /// 403 `accessNotConfigured`, `SERVICE_DISABLED`: the project has not enabled the API.
    ApiDisabled,
    /// 403 `rateLimitExceeded`: the quota per minute is exhausted.
    RateLimited,
    /// 429 `RESOURCE_EXHAUSTED`.
    Exhausted,
    /// 401: the token is not accepted.
    Unauthenticated,
    /// 412 `conditionNotMet`: the fingerprint is not current.
    ConditionNotMet,
    /// Any error in Google's form, such as 503 `backendError` or 409 `resourceInUseByAnotherResource`.
    Error {
        /// The HTTP status.
        status: u16,
        /// Google's reason.
        reason: String,
        /// Google's message.
        message: String,
    },
    /// The zone does not answer: 503; in an aggregated list `UNREACHABLE`, with partial success.
    Unreachable,
    /// The request is read and never answered.
    Hung,
    /// The answer is late.
    Slow {
        /// The delay.
        by: Duration,
    },
    /// The connection closes without an answer, and the request has no effect.
    Closed,
    /// The connection closes after this many bytes of the body.
    Cut {
        /// The number of bytes that arrive.
        at: usize,
    },
    /// 200 with incomplete JSON, whose announced length agrees.
    Truncated {
        /// The number of bytes.
        at: usize,
    },
    /// 200 with a page of HTML, as a captive portal answers.
    Html,
    /// The right body with the type `text/plain`.
    WrongType,
    /// 200 with this body and the type JSON.
    Body {
        /// The body.
        bytes: Vec<u8>,
    },
    /// A small gzip body that decompresses to this many MB.
    GzipBomb {
        /// The decompressed size.
        megabytes: usize,
    },
    /// 200 with deeply nested arrays.
    Deep {
        /// The depth.
        levels: usize,
    },
    /// Every page names the same next page.
    RepeatsToken,
    /// Every instance of a page appears twice.
    Doubled,
    /// 500 after this many successful pages of a listing.
    BreaksAfter {
        /// The number of successful pages.
        pages: usize,
    },
    /// The request is carried out; the answer then has this fault.
    Executed(Box<Fault>),
}

/// A fault and the requests that it applies to. The first rule that matches decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Only in this project; `None` means all.
    pub project: Option<String>,
    /// Only for paths with this zone; `None` means all.
    pub zone: Option<String>,
    /// Only for this method, such as `instances.stop`. The token services match only a rule that
    /// names them: `oauth2.token`, `sts.token` or `iamcredentials.generateAccessToken`. `None`
    /// means every method of the APIs.
    pub method: Option<String>,
    /// The number of times; `None` means without limit.
    pub times: Option<usize>,
    /// The fault.
    pub fault: Fault,
}

impl FaultRule {
    /// A rule for every request.
    pub fn always(fault: Fault) -> Self {
        Self { project: None, zone: None, method: None, times: None, fault }
    }

    /// Only for paths with this zone.
    #[must_use]
    pub fn zone(mut self, zone: &str) -> Self {
        self.zone = Some(zone.to_owned());
        self
    }

    /// Only in this project.
    #[must_use]
    pub fn project(mut self, project: &str) -> Self {
        self.project = Some(project.to_owned());
        self
    }

    /// Only for this method, such as `instances.stop`.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only this number of times.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Counts one use; returns the fault.
    pub(crate) fn used(&mut self) -> Fault {
        self.times = self.times.map(|left| left.saturating_sub(1));
        self.fault.clone()
    }

    pub(crate) fn fits(&self, project: &str, zone: &str, method: &str) -> bool {
        let is = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        is(&self.project, project) && is(&self.zone, zone) && is(&self.method, method) && self.times != Some(0)
    }
}
