//! Operations: what Compute Engine answers an action with, and how they go.
//!
//! Asked for by `zoneOperations.get`, which has a quota of its own; `wait` would use up that of
//! heavy reads. Many of one zone are read from its list, newest first: a request each, every second,
//! would use up any quota.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, future, stream};
use nepho_core::{
    ProviderError,
    provider::{Accepted, Progress, Ticket},
};
use serde::Deserialize;

use super::{reply, zones};
use crate::{
    client::{Client, ReadClass},
    error::GcpError,
    error_reason::operation_failed,
    rate_limit::PER_PROJECT,
};

const OPERATION: &str = "compute.zoneOperations.get";
const OF_ZONE: &str = "compute.zoneOperations.list";

/// The most operations of one zone that are asked for one by one.
const FEW: usize = 5;

/// Operations on a page: Google's most.
const PAGE: &str = "500";

/// What is asked of an operation.
const FIELDS: &str = "kind,name,status,error/errors(code,message),httpErrorStatusCode,httpErrorMessage";

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

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Operation {
    fn read(operation: &str, body: &bytes::Bytes) -> Result<Self, GcpError> {
        let read: Self = reply::read(operation, body)?;
        reply::promised(operation, &read.kind, "compute#operation")?;
        Ok(read)
    }

    /// How it goes. HTTP 200 and DONE say nothing of success: an `error` may be in it.
    fn progress(self, operation: &str) -> Result<Progress, GcpError> {
        match self.status.as_str() {
            "PENDING" | "RUNNING" => Ok(Progress::Underway),
            "DONE" => Ok(self.failure().map_or(Progress::Done, Progress::Failed)),
            other => {
                let word: String = other.chars().take(40).collect();
                Err(GcpError::Malformed { reason: format!("{operation}: an operation that is {word:?}") })
            }
        }
    }

    fn failure(self) -> Option<ProviderError> {
        let refused = self.http_error_status_code.is_some_and(|status| status >= 400);
        let first = self.error.map(|error| error.errors.into_iter().next());
        match first {
            Some(Some(One { code, message })) => Some(operation_failed(&code, &message)),
            Some(None) => Some(operation_failed("UNKNOWN", &self.http_error_message)),
            None if refused => Some(operation_failed("UNKNOWN", &self.http_error_message)),
            None => None,
        }
    }
}

/// Reads the answer to an action in `zone`. The reply names no state of the instance.
pub(crate) fn accepted(operation: &str, body: &bytes::Bytes, zone: &str) -> Result<Accepted, ProviderError> {
    let reply = Operation::read(operation, body)?;
    let name = reply.name.clone();
    match reply.progress(operation)? {
        Progress::Failed(error) => Err(error),
        Progress::Underway | Progress::Done if !is_name(&name) => {
            Err(ProviderError::Malformed { message: format!("{operation}: an operation without a name") })
        }
        Progress::Underway | Progress::Done => {
            let ticket = Some(Ticket::new(format!("zones/{zone}/operations/{name}")));
            Ok(Accepted { state: None, raw_state: String::new(), ticket })
        }
    }
}

/// How the operations of these tickets go, in their order.
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
        // What is not on the page, or where there is none, is asked for by itself.
        let Ok(listed) = listed else { continue };
        known.extend(listed.iter().map(|(name, progress)| ((*zone, name.as_str()), progress.clone())));
    }
    let asking: Vec<_> = places
        .iter()
        .map(|place| {
            let known = place.and_then(|place| known.get(&place).cloned());
            async move {
                match (known, place) {
                    (Some(known), _) => known,
                    (None, Some((zone, name))) => one(client, zone, name).await,
                    (None, None) => Err(foreign()),
                }
            }
        })
        .collect();
    stream::iter(asking).buffered(PER_PROJECT).collect().await
}

/// The zone and the name in a ticket of ours.
fn place(ticket: &Ticket) -> Option<(&str, &str)> {
    let parts: Vec<&str> = ticket.as_str().split('/').collect();
    let ["zones", zone, "operations", name] = parts[..] else { return None };
    (zones::is_name(zone) && is_name(name)).then_some((zone, name))
}

/// The zone's latest operations, by name.
async fn latest(client: &Client, zone: &str) -> Result<HashMap<String, Result<Progress, ProviderError>>, GcpError> {
    #[derive(Deserialize)]
    struct List {
        kind: String,
        #[serde(default)]
        items: Vec<Operation>,
    }
    let path = client.path(["zones", zone, "operations"]);
    let fields = format!("kind,items({FIELDS})");
    let query = [("maxResults", PAGE), ("orderBy", "creationTimestamp desc"), ("fields", fields.as_str())];
    let body = client.read(ReadClass::Zone, &path, &query).await?;
    let list: List = reply::read(OF_ZONE, &body)?;
    reply::promised(OF_ZONE, &list.kind, "compute#operationList")?;
    let told = |one: Operation| (one.name.clone(), one.progress(OF_ZONE).map_err(ProviderError::from));
    Ok(list.items.into_iter().map(told).collect())
}

async fn one(client: &Client, zone: &str, name: &str) -> Result<Progress, ProviderError> {
    let path = client.path(["zones", zone, "operations", name]);
    let body = client.read(ReadClass::Operation, &path, &[("fields", FIELDS)]).await?;
    Ok(Operation::read(OPERATION, &body)?.progress(OPERATION)?)
}

fn foreign() -> ProviderError {
    ProviderError::Unsupported { message: "that is no ticket of Compute Engine's".to_owned() }
}

/// Whether it may be the name of an operation: it becomes a part of a path.
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
    fn an_accepted_action_has_a_ticket_and_no_state() {
        for status in ["PENDING", "RUNNING", "DONE"] {
            let answer = read(json!({"name": "operation-1", "status": status})).expect("accepted");
            assert_eq!((answer.state, answer.raw_state.as_str()), (None, ""));
            assert_eq!(answer.ticket, Some(Ticket::new("zones/europe-west1-b/operations/operation-1")));
        }
    }

    #[test]
    fn an_operation_that_is_done_with_an_error_is_none() {
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
    fn what_is_no_operation_leaves_open_what_happened() {
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
