//! Operations: Compute Engine's record of each accepted action, and its progress.
//!
//! A single operation is read with `zoneOperations.get`, which has its own quota; `wait` would use
//! the quota of heavy reads. Many operations of one zone are read from its list, newest first: one
//! request each, every second, would exhaust any quota.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, future, stream};
use nepho_core::{
    ProviderError,
    provider::{Accepted, Progress, Ticket},
};
use serde::Deserialize;

use super::{json, pages::Page, scopes};
use crate::{
    client::{Client, ReadClass},
    error::GcpError,
    error_reason::operation_failed,
    rate_limit::PER_PROJECT,
};

const OPERATION: &str = "compute.zoneOperations.get";
const OF_ZONE: &str = "compute.zoneOperations.list";

/// The most operations of one zone that are read one by one.
const FEW: usize = 5;

/// Operations on a page: Google's maximum.
const PAGE: &str = "500";

/// Field mask of an operation.
const FIELDS: &str = "kind,name,status,error/errors(code,message,errorDetails),httpErrorStatusCode,httpErrorMessage";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: Option<Errors>,
    #[serde(default)]
    http_error_status_code: Option<u16>,
    #[serde(default)]
    http_error_message: String,
}

#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<One>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct One {
    code: String,
    message: String,
    error_details: Vec<ErrorDetail>,
}

/// One detail of an error: Google sets one of the members
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations>).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ErrorDetail {
    error_info: Option<ErrorReason>,
    quota_info: Option<QuotaLimit>,
    localized_message: Option<LocalizedMessage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorReason {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct QuotaLimit {
    limit_name: String,
    limit: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LocalizedMessage {
    message: String,
}

impl One {
    /// The message with what the details add to it.
    fn full_message(&self) -> String {
        let mut parts = vec![self.message.trim().to_owned()];
        for detail in &self.error_details {
            parts.extend(detail.localized_message.as_ref().map(|localized| localized.message.trim().to_owned()));
            parts.extend(detail.quota_info.as_ref().map(|quota| match quota.limit {
                Some(limit) => format!("Quota {}: {limit}.", quota.limit_name),
                None => format!("Quota {}.", quota.limit_name),
            }));
            parts.extend(detail.error_info.as_ref().map(|info| format!("Reason: {}.", info.reason)));
        }
        let mut message = String::new();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            if !message.contains(part.as_str()) {
                message.push_str(if message.is_empty() { "" } else { " " });
                message.push_str(part);
            }
        }
        message
    }
}

impl Operation {
    fn read(operation: &str, body: &bytes::Bytes) -> Result<Self, GcpError> {
        let read: Self = json::read(operation, body)?;
        json::expect_kind(operation, &read.kind, "compute#operation")?;
        Ok(read)
    }

    /// The progress. HTTP 200 and DONE do not mean success: the reply may hold an `error`.
    fn progress(self, operation: &str) -> Result<Progress, GcpError> {
        match self.status.as_str() {
            "PENDING" | "RUNNING" => Ok(Progress::Underway),
            "DONE" => Ok(self.failure().map_or(Progress::Done, Progress::Failed)),
            other => {
                let status: String = other.chars().take(40).collect();
                Err(GcpError::malformed(format!("{operation}: unknown status {status:?} of an operation")))
            }
        }
    }

    fn failure(self) -> Option<ProviderError> {
        let refused = self.http_error_status_code.is_some_and(|status| status >= 400);
        let first = self.error.map(|error| error.errors.into_iter().next());
        match first {
            Some(Some(one)) => Some(operation_failed(&one.code, &one.full_message())),
            Some(None) => Some(operation_failed("UNKNOWN", &self.http_error_message)),
            None if refused => Some(operation_failed("UNKNOWN", &self.http_error_message)),
            None => None,
        }
    }
}

/// Reads the reply to an action in `zone`. It names no state of the instance.
pub(crate) fn accepted(operation: &str, body: &bytes::Bytes, zone: &str) -> Result<Accepted, ProviderError> {
    let reply = Operation::read(operation, body)?;
    let name = reply.name.clone();
    match reply.progress(operation)? {
        Progress::Failed(error) => Err(error),
        Progress::Underway | Progress::Done if !is_name(&name) => {
            Err(ProviderError::Malformed { message: format!("{operation}: the operation has no name") })
        }
        Progress::Underway | Progress::Done => {
            let ticket = Some(Ticket::new(format!("zones/{zone}/operations/{name}")));
            Ok(Accepted { state: None, raw_state: String::new(), ticket })
        }
    }
}

/// The progress of the operations of these tickets, in their order.
pub(crate) async fn progress(client: &Client, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
    let places: Vec<Option<(&str, &str)>> = tickets.iter().map(place).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (zone, _) in places.iter().flatten() {
        *counts.entry(zone).or_default() += 1;
    }
    let many = counts.into_iter().filter(|(_, count)| *count > FEW);
    let lists = future::join_all(many.map(|(zone, _)| async move { (zone, latest(client, zone).await) })).await;
    let mut known: HashMap<(&str, &str), Result<Progress, ProviderError>> = HashMap::new();
    for (zone, listed) in &lists {
        // An operation that is not on the page, or whose zone has no page, is read separately.
        let Ok(listed) = listed else { continue };
        known.extend(listed.iter().map(|(name, progress)| ((*zone, name.as_str()), progress.clone())));
    }
    let reads: Vec<_> = places
        .iter()
        .map(|place| {
            let known = place.and_then(|place| known.get(&place).cloned());
            async move {
                match (known, place) {
                    (Some(known), _) => known,
                    (None, Some((zone, name))) => one(client, zone, name).await,
                    (None, None) => Err(not_a_ticket()),
                }
            }
        })
        .collect();
    stream::iter(reads).buffered(PER_PROJECT).collect().await
}

/// The zone and the name of the operation in a ticket.
fn place(ticket: &Ticket) -> Option<(&str, &str)> {
    let parts: Vec<&str> = ticket.as_str().split('/').collect();
    let ["zones", zone, "operations", name] = parts[..] else { return None };
    (scopes::is_name(zone) && is_name(name)).then_some((zone, name))
}

/// The zone's latest operations, by name.
async fn latest(client: &Client, zone: &str) -> Result<HashMap<String, Result<Progress, ProviderError>>, GcpError> {
    let path = client.path(["zones", zone, "operations"]);
    let fields = format!("kind,items({FIELDS})");
    let query = [("maxResults", PAGE), ("orderBy", "creationTimestamp desc"), ("fields", fields.as_str())];
    let body = client.read(ReadClass::Zone, &path, &query).await?;
    let page = Page::<Operation>::read(OF_ZONE, &body, "compute#operationList")?;
    let by_name = |one: Operation| (one.name.clone(), one.progress(OF_ZONE).map_err(ProviderError::from));
    Ok(page.items.into_iter().map(by_name).collect())
}

async fn one(client: &Client, zone: &str, name: &str) -> Result<Progress, ProviderError> {
    let path = client.path(["zones", zone, "operations", name]);
    let body = client.read(ReadClass::Operation, &path, &[("fields", FIELDS)]).await?;
    Ok(Operation::read(OPERATION, &body)?.progress(OPERATION)?)
}

fn not_a_ticket() -> ProviderError {
    ProviderError::Unsupported { message: "the ticket names no operation of Compute Engine".to_owned() }
}

/// True for the name of an operation, which becomes a part of a path.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use nepho_core::FailureCode;
    use serde_json::{Value, json};

    use super::*;

    fn read(mut operation: Value) -> Result<Accepted, ProviderError> {
        if operation.get("kind").is_none() {
            operation["kind"] = json!("compute#operation");
        }
        accepted("compute.instances.stop", &bytes::Bytes::from(operation.to_string()), "europe-west1-b")
    }

    #[test]
    fn accepted_action_has_a_ticket_and_no_state() {
        for status in ["PENDING", "RUNNING", "DONE"] {
            let answer = read(json!({"name": "operation-1", "status": status})).expect("accepted");
            assert_eq!((answer.state, answer.raw_state.as_str()), (None, ""));
            assert_eq!(answer.ticket, Some(Ticket::new("zones/europe-west1-b/operations/operation-1")));
        }
    }

    #[test]
    fn operation_done_with_an_error_is_refused() {
        let errors = json!({"errors": [{"code": "RESOURCE_IN_USE", "message": "busy"}, {"code": "OTHER"}]});
        for error in [
            json!({"error": errors}),
            json!({"error": {}, "httpErrorMessage": "CONFLICT"}),
            json!({"httpErrorStatusCode": 409, "httpErrorMessage": "CONFLICT"}),
        ] {
            let mut operation = json!({"name": "o", "status": "DONE"});
            operation.as_object_mut().expect("an object").extend(error.as_object().expect("an object").clone());
            assert!(read(operation.clone()).is_err(), "{operation}");
            let failed = serde_json::from_value::<Operation>(
                json!({"kind": "compute#operation", "status": "DONE", "error": errors}),
            );
            let progress = failed.expect("an operation").progress("o").expect("readable");
            assert!(matches!(progress, Progress::Failed(error) if error.to_string().contains("busy")));
        }
        assert!(read(json!({"name": "o", "status": "DONE", "httpErrorStatusCode": 200})).is_ok());
    }

    #[test]
    fn failure_has_what_the_details_add() {
        let failed = |details: Value| {
            let error = json!({"code": "QUOTA_EXCEEDED", "message": "No capacity.", "errorDetails": details});
            let operation = json!({"kind": "compute#operation", "status": "DONE", "error": {"errors": [error]}});
            let operation: Operation = serde_json::from_value(operation).expect("an operation");
            operation.failure().expect("a failure").detail()
        };
        let localized = json!([{"localizedMessage": {"locale": "en-US", "message": "Try zone b."}}]);
        assert!(failed(localized).ends_with("No capacity. Try zone b."));
        let quota = json!([{"quotaInfo": {"limitName": "CPUS-per-project", "limit": 24.0, "dimensions": {"r": "x"}}}]);
        assert!(failed(quota).ends_with("No capacity. Quota CPUS-per-project: 24."));
        let info = json!([{"errorInfo": {"reason": "stockout", "domain": "compute.googleapis.com"}}, {"help": {}}]);
        assert!(failed(info).ends_with("No capacity. Reason: stockout."));
        let twice = json!([{"localizedMessage": {"message": "No capacity."}}]);
        assert!(failed(twice).ends_with(": No capacity."));
    }

    #[test]
    fn reply_that_is_no_operation_leaves_the_action_unknown() {
        for reply in [
            json!({"kind": "compute#instance", "name": "o", "status": "DONE"}),
            json!({"name": "o", "status": "MAYBE"}),
            json!({"status": "RUNNING"}),
            json!({"name": "../x", "status": "RUNNING"}),
        ] {
            let error = read(reply).expect_err("no operation");
            assert_eq!(error.code(), FailureCode::Malformed);
            assert!(error.leaves_unknown());
        }
    }
}
