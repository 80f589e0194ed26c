//! What can be made to go wrong, and where.

use std::time::Duration;

/// A way for a request to go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 403 `forbidden`: the permission is missing.
    Denied,
    /// 403 `accessNotConfigured`, `SERVICE_DISABLED`: the project has not enabled the API.
    ApiDisabled,
    /// 403 `rateLimitExceeded`: how Compute Engine says that a quota per minute is used up.
    RateLimited,
    /// 429 `RESOURCE_EXHAUSTED`.
    Exhausted,
    /// 401: the token is not accepted.
    Unauthenticated,
    /// 412 `conditionNotMet`: a fingerprint of something older.
    ConditionNotMet,
    /// Any error in Google's form, such as 503 `backendError` or 409 `resourceInUseByAnotherResource`.
    Error {
        /// The HTTP status.
        status: u16,
        /// Google's reason.
        reason: String,
        /// Google's words.
        message: String,
    },
    /// The zone does not answer: 503, and in an aggregated list `UNREACHABLE`, with partial success.
    Unreachable,
    /// The request is read and never answered.
    Hung,
    /// The answer is late.
    Slow {
        /// By how much.
        by: Duration,
    },
    /// The connection is closed without an answer and without carrying anything out.
    Closed,
    /// The answer breaks off after this many bytes of the body.
    Cut {
        /// How many bytes arrive.
        at: usize,
    },
    /// 200 with JSON that breaks off, of the announced length.
    Truncated {
        /// How many bytes there are.
        at: usize,
    },
    /// 200 with a page of HTML, as a captive portal answers.
    Html,
    /// The right body, called `text/plain`.
    WrongType,
    /// 200 with this body, called JSON.
    Body {
        /// The body.
        bytes: Vec<u8>,
    },
    /// A small gzip body that unpacks to this many MB.
    GzipBomb {
        /// Its unpacked size.
        megabytes: usize,
    },
    /// 200 with arrays nested so deep.
    Deep {
        /// How deep.
        levels: usize,
    },
    /// Every page names the same next one.
    RepeatsToken,
    /// Every instance of a page is there twice.
    Doubled,
    /// After this many good pages of a listing: 500.
    BreaksAfter {
        /// Good pages.
        pages: usize,
    },
    /// The request is carried out; the answer then goes wrong like this.
    Executed(Box<Fault>),
}

/// A fault and where it happens. The first rule that fits decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Only in this project; `None` is all.
    pub project: Option<String>,
    /// Only for paths with this zone; `None` is all.
    pub zone: Option<String>,
    /// Only for this method, such as `instances.stop`, or one of those that make tokens, which only a
    /// rule that names them concerns: `oauth2.token`, `sts.token` and
    /// `iamcredentials.generateAccessToken`. `None` is every method of the APIs.
    pub method: Option<String>,
    /// How many times; `None` is for ever.
    pub times: Option<usize>,
    /// What goes wrong.
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

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Uses it once.
    pub(crate) fn used(&mut self) -> Fault {
        self.times = self.times.map(|left| left.saturating_sub(1));
        self.fault.clone()
    }

    pub(crate) fn fits(&self, project: &str, zone: &str, method: &str) -> bool {
        let is = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        is(&self.project, project) && is(&self.zone, zone) && is(&self.method, method) && self.times != Some(0)
    }
}
