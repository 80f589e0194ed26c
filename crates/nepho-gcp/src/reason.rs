//! Google's errors: their form, and what their reasons mean.
//!
//! The only place that knows Google's reasons and codes. A refused request names a `reason`
//! (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors>); an
//! operation that ended badly names a `code` of its own.

use std::{fmt, time::Duration};

use nepho_core::ProviderError;
use serde::Deserialize;

use crate::error::clipped;

/// Google's answer to a request that it did not carry out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Google's reason, such as `rateLimitExceeded`.
    pub reason: String,
    /// Google's words.
    pub message: String,
    /// The newer reason in `ErrorInfo`, such as `SERVICE_DISABLED`.
    pub info: String,
    /// The service that `ErrorInfo` speaks of, such as `compute.googleapis.com`.
    pub service: String,
    /// The `Retry-After` header.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}, {}: {}", self.status, self.reason, self.message)
    }
}

#[derive(Deserialize)]
struct Envelope {
    error: Body,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    errors: Vec<One>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    service: String,
}

impl Refusal {
    /// Reads the body of an error; `None` if it is not in Google's form.
    pub fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Option<Self> {
        let Envelope { error } = serde_json::from_slice(body).ok()?;
        let info = error.details.into_iter().find(|detail| !detail.reason.is_empty());
        let (info, service) = info.map(|detail| (detail.reason, detail.metadata.service)).unwrap_or_default();
        // The newer services, as the Resource Manager is one, give no `errors`, only a status word.
        let reason = error.errors.into_iter().map(|one| one.reason).find(|reason| !reason.is_empty());
        Some(Self {
            status,
            reason: clipped(&reason.unwrap_or(error.status)),
            message: clipped(error.message.trim()),
            info: clipped(&info),
            service: clipped(&service),
            retry_after,
        })
    }

    /// Whether the quota per minute is used up, which Compute Engine says with a 403.
    pub fn is_quota_of_this_minute(&self) -> bool {
        match self.reason.as_str() {
            "rateLimitExceeded" | "userRateLimitExceeded" => true,
            // The same word serves for quotas of machines, addresses and disks.
            "quotaExceeded" => self.info == "RATE_LIMIT_EXCEEDED" || self.message.contains("per minute"),
            _ => self.info == "RATE_LIMIT_EXCEEDED",
        }
    }

    /// What it means to Nephoscope.
    pub fn meaning(self, operation: String, project: &str) -> ProviderError {
        let Self { status, reason, message, info, service, retry_after } = self;
        let said = || if message.is_empty() { reason.clone() } else { message.clone() };
        if status == 429
            || Refusal::is_quota_of_this_minute(&Self {
                info: info.clone(),
                reason: reason.clone(),
                message: message.clone(),
                ..Self::default()
            })
        {
            return ProviderError::Throttled { retry_after };
        }
        let _ = (operation, project, service, said);
        ProviderError::Other { code: reason, message }
    }
}

/// What the error of an operation that is DONE means
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations>, `error.errors[]`).
pub(crate) fn operation_failed(code: &str, message: &str) -> ProviderError {
    ProviderError::Other { code: code.to_owned(), message: message.to_owned() }
}
