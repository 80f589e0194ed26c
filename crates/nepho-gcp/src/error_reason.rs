//! Google's errors: their form, and the meaning of their reasons.
//!
//! This is the only module that knows Google's reasons and codes. A refused request has a `reason`
//! (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors>); a failed
//! operation has a `code` from another list.

use std::{fmt, time::Duration};

use nepho_core::ProviderError;
use serde::Deserialize;

use crate::error_text::clipped;

/// Google's answer to a request that it refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Google's reason, such as `rateLimitExceeded`.
    pub reason: String,
    /// Google's message.
    pub message: String,
    /// The newer reason in `ErrorInfo`, such as `SERVICE_DISABLED`.
    pub info: String,
    /// The service in `ErrorInfo`, such as `compute.googleapis.com`.
    pub service: String,
    /// The project in `ErrorInfo`, such as `projects/123`.
    pub consumer: String,
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

#[derive(Default, Deserialize)]
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
    #[serde(default)]
    consumer: String,
}

impl Refusal {
    /// Reads the body of an error; `None` if it is not in Google's form.
    pub fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Option<Self> {
        let Envelope { error } = serde_json::from_slice(body).ok()?;
        let Detail { reason: info, metadata: Metadata { service, consumer } } =
            error.details.into_iter().find(|detail| !detail.reason.is_empty()).unwrap_or_default();
        // Newer services, such as the Resource Manager, send a `status` in place of `errors`.
        let reason = error.errors.into_iter().map(|one| one.reason).find(|reason| !reason.is_empty());
        Some(Self {
            status,
            reason: clipped(&reason.unwrap_or(error.status)),
            message: clipped(error.message.trim()),
            info: clipped(&info),
            service: clipped(&service),
            consumer: clipped(&consumer),
            retry_after,
        })
    }

    /// True if the per-minute quota is exhausted, which Compute Engine reports as a 403.
    pub fn is_quota_of_this_minute(&self) -> bool {
        match self.reason.as_str() {
            "rateLimitExceeded" | "userRateLimitExceeded" => true,
            // Quotas of instances, addresses and disks have the same reason.
            "quotaExceeded" => self.info == "RATE_LIMIT_EXCEEDED" || self.message.contains("per minute"),
            _ => self.info == "RATE_LIMIT_EXCEEDED",
        }
    }

    /// True if a repeat after a second is useless, although the status suggests one.
    pub fn is_final(&self) -> bool {
        is_out_of_stock(&self.reason) || is_out_of_stock(&self.info)
    }

    /// The provider error for this refusal of `operation` at the host `api`.
    pub fn meaning(self, operation: String, api: &str, project: &str) -> ProviderError {
        if self.status == 429 || self.reason == "dailyLimitExceeded" || self.is_quota_of_this_minute() {
            return ProviderError::Throttled { retry_after: self.retry_after };
        }
        if self.is_final() {
            return ProviderError::CapacityUnavailable { message: self.text() };
        }
        match (self.status, self.reason.as_str(), self.info.as_str()) {
            (401, ..) => ProviderError::Unauthenticated { message: self.text() },
            (_, "accessNotConfigured", _) | (_, _, "SERVICE_DISABLED") => self.not_enabled(api, project),
            (_, "billingDisabled" | "billingNotEnabled", _) | (_, _, "BILLING_DISABLED") => ProviderError::NotEnabled {
                api: "billing".to_owned(),
                message: format!(
                    "link {} to a billing account. Google says: {}",
                    self.named(project).map_or_else(|| "the project".to_owned(), |named| format!("project {named}")),
                    self.message
                ),
            },
            (_, _, "ACCESS_TOKEN_SCOPE_INSUFFICIENT") => ProviderError::PermissionDenied {
                message: format!("the token lacks the scope for it. Google says: {}", self.message),
                operation,
            },
            (_, _, "USER_PROJECT_DENIED") => ProviderError::PermissionDenied {
                message: format!("the credentials may not charge their quota project. Google says: {}", self.message),
                operation,
            },
            (_, "quotaExceeded" | "limitExceeded", _) => {
                ProviderError::CapacityUnavailable { message: format!("project quota exceeded: {}", self.message) }
            }
            (_, "resourceNotReady" | "invalidResourceUsage" | "invalidUsage" | "resourceIsNotReady", _)
            | (_, _, "FAILED_PRECONDITION") => ProviderError::InvalidState { message: self.text() },
            (_, "resourceInUseByAnotherResource" | "resourceInUse" | "conditionNotMet", _) | (409 | 412, ..) => {
                ProviderError::Conflict { message: self.text() }
            }
            (_, "unsupportedOperation" | "notImplemented", _) | (501, ..) => {
                ProviderError::Unsupported { message: self.text() }
            }
            (403, ..) => ProviderError::PermissionDenied { operation, message: self.text() },
            (500.., ..) => ProviderError::Unavailable { message: self.text() },
            _ => ProviderError::Other { message: self.text(), code: self.reason },
        }
    }

    /// The error for a disabled API: the command that enables it, and Google's message.
    fn not_enabled(self, api: &str, project: &str) -> ProviderError {
        let in_project = self.named(project).map(|named| format!(" --project {named}")).unwrap_or_default();
        let api = if self.service.is_empty() { api.to_owned() } else { self.service };
        ProviderError::NotEnabled {
            message: format!("run `gcloud services enable {api}{in_project}`. Google says: {}", self.message),
            api,
        }
    }

    /// The requested project, else the one in `ErrorInfo`; there may be neither.
    fn named<'p>(&'p self, project: &'p str) -> Option<&'p str> {
        let consumer = self.consumer.trim_start_matches("projects/");
        [project, consumer].into_iter().find(|named| !named.is_empty())
    }

    /// Google's message, else its reason, else the status.
    fn text(&self) -> String {
        match (self.message.as_str(), self.reason.as_str()) {
            ("", "") => format!("HTTP {}", self.status),
            ("", reason) => reason.to_owned(),
            (message, _) => message.to_owned(),
        }
    }
}

/// The provider error for an operation that is DONE with an error; `code` and `message` are those of
/// `error.errors[]` (<https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations>).
///
/// The operation has ended, so nothing about it is unknown: an internal error of Google keeps its
/// code, and never becomes *unavailable* or *timed out*.
pub(crate) fn operation_failed(code: &str, message: &str) -> ProviderError {
    let message = clipped(if message.trim().is_empty() { code } else { message.trim() });
    match code {
        _ if is_out_of_stock(code) => ProviderError::CapacityUnavailable { message },
        "QUOTA_EXCEEDED" | "QUOTA_LIMIT" | "LIMIT_EXCEEDED" => {
            ProviderError::CapacityUnavailable { message: format!("project quota exceeded: {message}") }
        }
        "RATE_LIMIT_EXCEEDED" | "RESOURCE_OPERATION_RATE_EXCEEDED" => ProviderError::Throttled { retry_after: None },
        "PERMISSIONS_ERROR" | "PERMISSION_DENIED" | "FORBIDDEN" => {
            ProviderError::PermissionDenied { operation: "the operation".to_owned(), message }
        }
        "RESOURCE_NOT_READY" | "INVALID_USAGE" | "INVALID_STATE" | "INVALID_RESOURCE_USAGE" => {
            ProviderError::InvalidState { message }
        }
        "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE" | "RESOURCE_IN_USE" | "CONDITION_NOT_MET" | "ABORTED" => {
            ProviderError::Conflict { message }
        }
        "UNSUPPORTED_OPERATION" => ProviderError::Unsupported { message },
        _ => ProviderError::Other { code: clipped(code), message },
    }
}

/// True if Google has no capacity for the instance now.
fn is_out_of_stock(code: &str) -> bool {
    matches!(
        code,
        "ZONE_RESOURCE_POOL_EXHAUSTED"
            | "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"
            | "RESOURCE_POOL_EXHAUSTED"
            | "RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"
            | "resourcesExhausted"
            | "STOCKOUT"
    )
}

#[cfg(test)]
mod tests;
