//! Replies to the window, shape by shape.

use insta::assert_json_snapshot;
use nepho_core as domain;
use nepho_core::{
    ProviderError as E,
    plan::CommitRefusal as Refused,
    provider::{ActionRequest, StopOptions},
};

use super::fixture;
use crate::{accounts, failure, inventory, journal, network, operation, plan, resource, row, sync};

#[test]
fn a_row() {
    assert_json_snapshot!(row::Row::new(&fixture::row(), true));
}

#[test]
fn facts() {
    assert_json_snapshot!(resource::Facts::from(&fixture::facts()));
}

#[test]
fn facets() {
    let facets = nepho_index::Facets {
        account: vec![nepho_index::Facet { value: domain::AccountId::new("7b0c"), label: "prod".into(), count: 3 }],
        state: vec![nepho_index::Facet { value: domain::State::Running, label: "running".into(), count: 2 }],
        ..nepho_index::Facets::default()
    };
    assert_json_snapshot!((inventory::Facets::from(&facets), inventory::state_totals(&facets)));
}

#[test]
fn a_plan_with_every_warning_and_refusal() {
    let shown = plan::Plan::from(&fixture::plan());
    assert_json_snapshot!(shown);
    let (mut refusals, mut warnings) = (Vec::new(), Vec::new());
    for target in &shown.targets {
        if let Some(refusal) = &target.refusal {
            assert_eq!(serde_json::to_value(refusal).unwrap()["code"], refusal.word());
            refusals.push(refusal.word());
        }
        for warning in &target.warnings {
            assert_eq!(serde_json::to_value(warning).unwrap()["code"], warning.word());
            warnings.push(warning.word());
        }
    }
    assert_eq!((refusals, warnings), (plan::Refusal::WORDS.to_vec(), plan::Warning::WORDS.to_vec()));
}

/// The question is asked where permission to discard would change something, or was given.
#[test]
fn discarding_local_disks_is_asked_about_only_where_it_matters() {
    use domain::plan::{Refusal, Verdict};

    let asks = |discard: bool, verdict| {
        let mut planned = fixture::plan();
        planned.request = ActionRequest::Stop(StopOptions { discard_local_disks: discard, ..StopOptions::default() });
        planned.targets.truncate(1);
        planned.targets[0].verdict = verdict;
        let shown = plan::Plan::from(&planned);
        assert_eq!(shown.options.discard_local_disks, discard);
        shown.asks_discard
    };
    assert!(asks(false, Verdict::Refused(Refusal::LocalDisks)));
    assert!(asks(true, Verdict::Eligible));
    assert!(!asks(false, Verdict::Eligible));
    assert!(!asks(false, Verdict::Refused(Refusal::NotPermitted)));
}

#[test]
fn found_projects_and_denied_actions() {
    let project = |id: &str, added| domain::report::FoundProject { project: id.to_owned(), name: String::new(), added };
    let found = domain::report::FoundProjects {
        principal: "ops@proj-0.iam.gserviceaccount.com".to_owned(),
        projects: vec![project("proj-0", true), project("proj-1", false)],
    };
    let mut identity = fixture::identity();
    identity.denied = vec![domain::Action::Suspend];
    assert_json_snapshot!((accounts::FoundProjects::from(&found), accounts::Identity::from(&identity)));
}

#[test]
fn network() {
    let unknown = domain::network::AccountHosts {
        hosts: Vec::new(),
        failure: Some(domain::Failure {
            code: domain::FailureCode::CredentialsMissing,
            message: "there is no profile \"ops\"".to_owned(),
        }),
        ..fixture::hosts()
    };
    assert_json_snapshot!(network::Network::from(&[fixture::hosts(), unknown][..]));
}

#[test]
fn commits() {
    let refusals = [
        Refused::Expired,
        Refused::Confirmation,
        Refused::Changed { changed: vec![fixture::key("i-1")] },
        Refused::Nothing,
    ];
    let replies: Vec<_> = refusals
        .iter()
        .map(|refusal| plan::CommitReply::Refused { refusal: refusal.into() })
        .chain([plan::CommitReply::Accepted { operation_id: "op-1".to_owned() }])
        .collect();
    assert_json_snapshot!(replies);
}

#[test]
fn an_operation() {
    assert_json_snapshot!(operation::Operations::new(&[fixture::operation()]));
}

#[test]
fn a_journal_with_every_event() {
    let entries: Vec<_> = fixture::entries().iter().map(journal::JournalEntry::from).collect();
    assert_json_snapshot!(entries);
}

#[test]
fn an_account() {
    assert_json_snapshot!(accounts::Account::from(&fixture::status()));
}

#[test]
fn a_sync() {
    assert_json_snapshot!(sync::SyncReport::from(&fixture::sync()));
}

#[test]
fn an_error() {
    let account = domain::AccountId::new("7b0c");
    assert_json_snapshot!([
        failure::CommandError::of_failure(&fixture::denied(), Some(&account)),
        failure::CommandError::new(failure::CommandCode::NameTaken, "there is an account \"prod\""),
    ]);
}

/// A failure class is as transient on the wire as the error that it comes from.
#[test]
fn transience_is_the_domain_s() {
    let text = || String::from("x");
    for error in [
        E::Unauthenticated { message: text() },
        E::PermissionDenied { operation: text(), message: text() },
        E::NotEnabled { api: text(), message: text() },
        E::NotFound { key: fixture::key("i-1") },
        E::InvalidState { message: text() },
        E::Conflict { message: text() },
        E::Throttled { retry_after: None },
        E::CapacityUnavailable { message: text() },
        E::Unsupported { message: text() },
        E::ReadOnly,
        E::Unavailable { message: text() },
        E::TimedOut { operation: text() },
        E::Malformed { message: text() },
        E::Other { code: text(), message: text() },
    ] {
        let shown = failure::CommandError::of_failure(&domain::Failure::from(&error), None);
        assert_eq!(shown.transient, error.is_transient(), "{error:?}");
    }
}
