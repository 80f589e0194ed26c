//! Actions: their requests, their replies, and the end of their operations.

use std::collections::BTreeSet;

use futures::StreamExt as _;
use nepho_core::{
    Access, Action, FailureCode, Provider, ProviderError,
    provider::{ActionRequest, Progress, StopOptions, Submission, Target, Ticket},
};
use nepho_gcp::GcpProvider;
use nepho_testkit::gcp::{Fault, FaultRule, GcpInstance, OperationError, PROJECT, Pace};
use serde_json::json;

use crate::lab::{Lab, ZONE, web};

const DISCARDING: StopOptions = StopOptions { force: false, hibernate: false, discard_local_disks: true };

/// The submission for one target.
async fn submit(provider: &GcpProvider, request: impl Into<ActionRequest>, target: &Target) -> Submission {
    let mut answers = provider.submit(request.into(), std::slice::from_ref(target)).collect::<Vec<_>>().await;
    assert_eq!(answers.len(), 1, "one answer to one target");
    answers.remove(0)
}

/// The ticket of an accepted action.
async fn ticket(provider: &GcpProvider, request: impl Into<ActionRequest>, target: &Target) -> Ticket {
    let accepted = submit(provider, request, target).await.outcome.expect("accepted");
    assert_eq!((accepted.state, accepted.raw_state.as_str()), (None, ""), "the reply names no state");
    accepted.ticket.expect("a ticket")
}

async fn progress(provider: &GcpProvider, ticket: &Ticket) -> Result<Progress, ProviderError> {
    let mut told = provider.progress(std::slice::from_ref(ticket)).await;
    assert_eq!(told.len(), 1, "one answer to one ticket");
    told.remove(0)
}

#[tokio::test]
async fn each_action_is_its_own_request_with_a_number_and_a_request_id() {
    let cases = [
        (Action::Start, "TERMINATED", "POST", "/start"),
        (Action::Stop, "RUNNING", "POST", "/stop"),
        (Action::Reboot, "RUNNING", "POST", "/reset"),
        (Action::Suspend, "RUNNING", "POST", "/suspend"),
        (Action::Resume, "SUSPENDED", "POST", "/resume"),
        (Action::Terminate, "RUNNING", "DELETE", ""),
    ];
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let mut ids = BTreeSet::new();
    for (action, status, verb, end) in cases {
        let target = lab.put(web(&format!("i-{action}")).status(status));
        lab.double.forget_requests();
        let ticket = ticket(&provider, action, &target).await;
        assert!(ticket.as_str().starts_with(&format!("zones/{ZONE}/operations/operation-")), "{ticket}");
        let asked = lab.double.exchanges();
        assert_eq!((asked.len(), asked[0].verb.as_str(), asked[0].executed), (1, verb, true), "{asked:?}");
        let path = format!("/compute/v1/projects/{PROJECT}/zones/{ZONE}/instances/{}{end}", target.key.native);
        assert_eq!(asked[0].path, path);
        ids.insert(asked[0].param("requestId").expect("a request id").to_owned());
        assert_eq!(asked[0].param("discardLocalSsd"), None);
    }
    assert_eq!(ids.len(), cases.len(), "none is used twice");
}

#[tokio::test]
async fn local_disks_are_discarded_only_on_request() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let target = lab.put(web("scratch").local_ssd());
    let refused = submit(&provider, Action::Stop, &target).await.outcome.expect_err("undecided");
    assert!(!refused.leaves_unknown(), "{refused}");
    assert!(refused.to_string().contains("Local SSD"), "{refused}");
    assert_eq!((lab.double.mutations(), lab.double.status(PROJECT, ZONE, "scratch").as_deref()), (0, Some("RUNNING")));
    ticket(&provider, ActionRequest::Stop(DISCARDING), &target).await;
    let suspended = lab.put(web("suspended").local_ssd());
    ticket(&provider, ActionRequest::Suspend { discard_local_disks: true }, &suspended).await;
    let reset = lab.put(web("reset").local_ssd());
    ticket(&provider, ActionRequest::Reboot, &reset).await;
    let sent = |method: &str| {
        let asked = lab.asked(method);
        asked.iter().map(|one| one.param("discardLocalSsd").map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(sent("instances.stop"), [None, Some("true".to_owned())]);
    assert_eq!(sent("instances.suspend"), [Some("true".to_owned())]);
    assert_eq!(sent("instances.reset"), [None], "a reset keeps them");
}

#[tokio::test]
async fn an_operation_is_followed_to_its_end() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let target = lab.put(web("web-1"));
    let ticket = ticket(&provider, Action::Stop, &target).await;
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(progress(&provider, &ticket).await.expect("told"));
    }
    assert_eq!(told.first(), Some(&Progress::Underway));
    assert_eq!(told.last(), Some(&Progress::Done));
    assert!(told.is_sorted_by_key(|one| *one == Progress::Done), "once done, always done: {told:?}");
    assert_eq!(lab.double.count("zoneOperations.wait"), 0, "that would be a heavy read");
    let asked = &lab.asked("zoneOperations.get")[0];
    assert!(asked.param("fields").is_some_and(|fields| fields.contains("error/errors(code,message,errorDetails)")));
}

#[tokio::test]
async fn failed_operation_has_its_reason() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let (bad, good) = (lab.put(web("bad").status("TERMINATED")), lab.put(web("good").status("TERMINATED")));
    lab.double.fail_next(PROJECT, ZONE, "bad", OperationError::exhausted(ZONE));
    let tickets = [ticket(&provider, Action::Start, &bad).await, ticket(&provider, Action::Start, &good).await];
    lab.double.settle();
    let told = provider.progress(&tickets).await;
    let Ok(Progress::Failed(error)) = &told[0] else { panic!("it did not fail: {told:?}") };
    assert_eq!(error.code(), FailureCode::CapacityUnavailable, "{error}");
    assert!(error.to_string().contains("does not have enough resources"), "{error}");
    assert_eq!(told[1], Ok(Progress::Done), "in the tickets' order");
}

#[tokio::test]
async fn many_operations_of_a_zone_are_read_from_its_list() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let mut tickets = Vec::new();
    for number in 0..7 {
        let target = lab.put(web(&format!("web-{number}")).status("TERMINATED"));
        if number == 3 {
            lab.double.fail_next(PROJECT, ZONE, "web-3", OperationError::exhausted(ZONE));
        }
        tickets.push(ticket(&provider, Action::Start, &target).await);
    }
    tickets.insert(2, Ticket::new("zones/europe-west1-b/operations/operation-0"));
    lab.double.settle();
    let told = provider.progress(&tickets).await;
    assert_eq!(lab.asked("zoneOperations.list").len(), 1);
    // Only an operation that is not on the page is read separately.
    assert_eq!(lab.asked("zoneOperations.get").len(), 1);
    assert!(told[2].is_err(), "{told:?}");
    assert!(matches!(told[4], Ok(Progress::Failed(_))), "{told:?}");
    assert_eq!(told.iter().filter(|one| **one == Ok(Progress::Done)).count(), 6, "{told:?}");
    // If the list is refused, each operation is read separately.
    lab.double.break_method("zoneOperations.list", Fault::Denied);
    assert_eq!(provider.progress(&tickets).await.iter().filter(|one| one.is_ok()).count(), 7);
}

#[tokio::test]
async fn a_reply_that_is_done_with_an_error_is_no_success() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let target = lab.put(web("web-1"));
    let operation = json!({
        "kind": "compute#operation", "name": "operation-1", "status": "DONE", "httpErrorStatusCode": 409,
        "error": {"errors": [{"code": "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", "message": "it is in use"}]},
    });
    lab.double.break_method("instances.stop", Fault::Body { bytes: operation.to_string().into_bytes() });
    let error = submit(&provider, Action::Stop, &target).await.outcome.expect_err("an error");
    assert!(error.to_string().contains("in use"), "{error}");
    assert!(!error.leaves_unknown());
}

#[tokio::test]
async fn a_reply_that_is_no_operation_leaves_it_unknown() {
    for body in [&b"{}"[..], br#"{"kind":"compute#instance"}"#, b"<html>", br#"{"kind":"compute#operation","status":"#]
    {
        let lab = Lab::new();
        let target = lab.put(web("web-1"));
        let broken = Fault::Executed(Box::new(Fault::Body { bytes: body.to_vec() }));
        lab.double.break_method("instances.stop", broken);
        let error =
            submit(&lab.provider(Access::ReadWrite), Action::Stop, &target).await.outcome.expect_err("unreadable");
        assert!(error.leaves_unknown(), "{error}");
    }
}

#[tokio::test]
async fn lost_reply_is_requested_again_and_carried_out_once() {
    let lab = Lab::new();
    let target = lab.put(web("web-1"));
    let lost = FaultRule::always(Fault::Executed(Box::new(Fault::Closed))).method("instances.stop").times(1);
    lab.double.add_rule(lost);
    let answer = submit(&lab.provider(Access::ReadWrite), Action::Stop, &target).await;
    assert!(answer.outcome.is_ok(), "{answer:?}");
    let asked = lab.asked("instances.stop");
    assert_eq!((asked.len(), lab.double.mutations()), (2, 1));
    assert_eq!(asked[0].param("requestId"), asked[1].param("requestId"));
}

#[tokio::test]
async fn refusal_of_a_target_affects_no_other_target() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let good = lab.put(web("good"));
    let protected = lab.put(web("protected").protected());
    let denied = lab.put(GcpInstance::new(PROJECT, "us-east1-b", "denied"));
    let gone = lab.target(ZONE, "12345");
    let named = lab.target(ZONE, "good");
    let mut foreign = good.clone();
    foreign.key.realm = "another-project".into();
    lab.double.deny("compute.instances.delete", Some(PROJECT), Some("us-east1-b"));
    let targets = [&gone, &protected, &denied, &good, &foreign, &named, &good].map(Clone::clone);
    let answers = provider.submit(Action::Terminate.into(), &targets).collect::<Vec<_>>().await;
    assert_eq!(answers.len(), 6, "one for each key");
    let of = |target: &Target| {
        let found = answers.iter().find(|one| one.key == target.key).expect("an answer");
        found.outcome.as_ref().map(|_| ()).map_err(ProviderError::code)
    };
    assert_eq!(of(&good), Ok(()));
    assert_eq!(of(&gone), Err(FailureCode::NotFound));
    assert_eq!(of(&named), Err(FailureCode::NotFound));
    assert_eq!(of(&protected), Err(FailureCode::InvalidState));
    assert_eq!(of(&denied), Err(FailureCode::PermissionDenied));
    assert_eq!(of(&foreign), Err(FailureCode::WrongAccount));
    assert_eq!(lab.double.mutations(), 1);
    assert!(lab.double.exchanges().iter().all(|one| !one.path.contains("good") && !one.path.contains("another")));
}

#[tokio::test]
async fn a_state_that_does_not_allow_it_is_refused_in_googles_words() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let stopped = lab.put(web("web-1").status("TERMINATED"));
    let error = submit(&provider, Action::Suspend, &stopped).await.outcome.expect_err("not from there");
    assert!(error.to_string().contains("TERMINATED") && !error.leaves_unknown(), "{error}");
    // Another operation is running.
    let busy = lab.put(web("web-2"));
    lab.double.set_pace(PROJECT, ZONE, "web-2", Pace::Held);
    ticket(&provider, Action::Stop, &busy).await;
    let error = submit(&provider, Action::Reboot, &busy).await.outcome.expect_err("busy");
    assert!(error.to_string().contains("not ready") && !error.leaves_unknown(), "{error}");
}

#[tokio::test]
async fn read_only_project_gets_no_request() {
    let lab = Lab::new();
    let mut target = lab.put(web("web-1"));
    target.zone = None;
    let provider = lab.provider(Access::ReadOnly);
    for action in Action::ALL {
        assert_eq!(submit(&provider, action, &target).await.outcome, Err(ProviderError::ReadOnly));
    }
    assert_eq!((lab.double.exchanges().len(), provider.traffic().requests), (0, 0));
}

#[tokio::test]
async fn an_instance_of_an_unknown_zone_is_found_first() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    let mut target = lab.put(GcpInstance::new(PROJECT, "us-east1-d", "web-1"));
    target.zone = None;
    let ticket = ticket(&provider, Action::Stop, &target).await;
    assert!(ticket.as_str().starts_with("zones/us-east1-d/"), "{ticket}");
    // If the zone cannot be found, no mutation is sent, so nothing is unknown.
    lab.double.break_method("instances.aggregatedList", Fault::Html);
    let error = submit(&provider, Action::Start, &target).await.outcome.expect_err("not found");
    assert!(matches!(&error, ProviderError::NotSent { .. }), "{error}");
    assert!(!error.leaves_unknown());
    assert_eq!(lab.double.mutations(), 1);
}

#[tokio::test]
async fn foreign_ticket_is_refused_unsent() {
    let lab = Lab::new();
    let provider = lab.provider(Access::ReadWrite);
    for foreign in [
        "",
        "operation-1",
        "zones/../operations/x",
        "zones/europe-west1-b/operations/",
        "zones/europe-west1-b/operations/a?b",
        "regions/r/operations/o",
    ] {
        let told = progress(&provider, &Ticket::new(foreign)).await;
        assert!(matches!(told, Err(ProviderError::Unsupported { .. })), "{foreign:?}: {told:?}");
    }
    assert_eq!(lab.double.exchanges().len(), 0);
    let lost = progress(&provider, &Ticket::new(format!("zones/{ZONE}/operations/operation-1"))).await;
    assert!(lost.is_err(), "a forgotten operation says nothing of the action: {lost:?}");
    let real = ticket(&provider, Action::Stop, &lab.put(web("web-1"))).await;
    lab.double.break_method("zoneOperations.get", Fault::Html);
    let unreadable = progress(&provider, &real).await;
    assert!(matches!(unreadable, Err(ProviderError::Malformed { .. })), "{unreadable:?}");
}
