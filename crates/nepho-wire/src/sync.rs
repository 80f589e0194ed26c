//! Syncs: the request and the report, which `nepho sync --json` prints too.

use nepho_core as domain;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    enums::{Kind, ProviderKind},
    failure::Failure,
    limits::{List, NameText},
    time::maybe,
};

/// Asks for a sync now; the reply comes when it has ended.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SyncNowRequest {
    /// The accounts' ids; empty for all.
    #[ts(as = "Vec<NameText>")]
    pub accounts: List<NameText>,
}

/// The result of one sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SyncReport {
    /// Its duration in milliseconds.
    pub elapsed_ms: u64,
    /// HTTP requests, retries included.
    pub requests: u64,
    /// Body bytes as they came over the wire.
    pub bytes_in: u64,
    /// Rows listed by the scopes that completed.
    pub resources: u64,
    /// Rows written: new, changed, newly missing, gone.
    pub changed: u64,
    /// Each scope.
    pub scopes: Vec<ScopeReport>,
}

/// The result of one sync for one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ScopeReport {
    /// The account's name.
    pub account: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The region, the zone or `global`; `null` when the account failed before that was known.
    pub location: Option<String>,
    /// The kind that was listed.
    pub kind: Option<Kind>,
    /// `ok` or `failed`.
    pub status: ScopeStatus,
    /// Rows that the cache holds of it now.
    pub rows: u64,
    /// The start of its last complete listing.
    pub as_of: Option<String>,
    /// The reason why it failed.
    pub error: Option<Failure>,
}

/// The result of listing a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScopeStatus {
    /// The listing was complete.
    Ok,
    /// The listing failed; the rows are those of the last complete one.
    Failed,
}

impl From<&domain::report::SyncReport> for SyncReport {
    fn from(report: &domain::report::SyncReport) -> Self {
        Self {
            elapsed_ms: u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
            requests: report.traffic.requests,
            bytes_in: report.traffic.bytes_in,
            resources: report.resources,
            changed: report.changed,
            scopes: report.scopes.iter().map(ScopeReport::from).collect(),
        }
    }
}

impl From<&domain::report::ScopeReport> for ScopeReport {
    fn from(report: &domain::report::ScopeReport) -> Self {
        Self {
            account: report.account_name.clone(),
            provider: report.provider.into(),
            location: report.scope.as_ref().map(|scope| scope.location.to_string()),
            kind: report.scope.as_ref().map(|scope| scope.kind.into()),
            status: if report.failure.is_some() { ScopeStatus::Failed } else { ScopeStatus::Ok },
            rows: report.rows,
            as_of: maybe(report.as_of),
            error: report.failure.as_ref().map(Failure::from),
        }
    }
}
