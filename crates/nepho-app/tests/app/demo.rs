//! The demo cloud, from `nepho demo` to a stopped machine seen by another process.

use std::time::Duration;

use nepho_app::{AppError, CommitError, HostKind};
use nepho_core::{
    Action, State,
    plan::{CommitRefusal, Confirmation, MOST_TARGETS, Verdict},
    report::TargetStatus,
    request::Targets,
};
use nepho_index::{PageAsk, Sort};

use crate::harness::Harness;

#[tokio::test]
async fn a_machine_stopped_here_is_stopped_for_the_next_process() {
    let harness = Harness::new();
    let app = harness.open().await;
    let report = app.add_demo().await.unwrap();
    assert!(report.resources > 250, "{} machines", report.resources);
    assert_eq!(app.status().accounts, 4);
    assert!(app.status().demo);

    let running = app.search("account:platform-dev staging-web state:running", Sort::default()).unwrap();
    let target = running.window(0, 1).remove(0);
    let plan = app.plan(Action::Stop, Targets::Keys(vec![target.key().clone()])).await.unwrap();
    assert_eq!(plan.targets[0].verdict, Verdict::Eligible);
    assert_eq!(plan.confirmation, Confirmation::Click);
    let refused = app.commit(&plan.nonce, None, false).await.unwrap_err();
    assert!(matches!(refused, CommitError::Refused(CommitRefusal::Confirmation)), "{refused}");

    let plan = app.plan(Action::Stop, Targets::Keys(vec![target.key().clone()])).await.unwrap();
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    let replay = app.commit(&plan.nonce, None, true).await.unwrap_err();
    assert!(matches!(replay, CommitError::Refused(CommitRefusal::Expired)), "{replay}");
    let results = app.wait(&operation, Duration::from_mins(1)).await;
    assert_eq!(results[0].status, TargetStatus::Done);
    assert_eq!(results[0].observed_state, Some(State::Stopped));
    app.shutdown().await;
    drop(app);

    let next = harness.open().await;
    let row = next.row(target.key()).unwrap();
    assert_eq!((row.state(), row.pending()), (State::Stopped, None));
    let details = next.details(target.key()).await.unwrap();
    assert_eq!(details.journal.len(), 3, "sent, accepted, done: {:?}", details.journal);
    let start = details.offers.iter().find(|offer| offer.action == Action::Start).unwrap();
    let stop = details.offers.iter().find(|offer| offer.action == Action::Stop).unwrap();
    assert!(start.possible && !stop.possible);
    let operations = next.operations(10).await.unwrap();
    assert_eq!(operations[0].targets[0].result.observed_state, Some(State::Stopped));
    assert!(operations[0].finished_at.is_some());
}

#[tokio::test]
async fn the_demo_is_added_once_and_leaves_nothing_behind() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    app.add_demo().await.unwrap();
    assert_eq!(app.accounts().len(), 4);
    let any = app.search("state:running account:platform-dev", Sort::default()).unwrap().keys_in(0, 1).remove(0);
    let plan = app.plan(Action::Stop, Targets::Keys(vec![any])).await.unwrap();
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    app.submitted(&operation).await;
    assert!(harness.path().join("data/demo.json").exists());
    app.remove_demo().await.unwrap();
    assert!(app.accounts().is_empty());
    assert_eq!(app.snapshot().len(), 0);
    assert!(!harness.path().join("data/demo.json").exists());
    assert!(!app.status().demo);
    let next = harness.open().await;
    assert!(next.accounts().is_empty() && next.snapshot().is_empty());
    assert!(!next.journal(10, None).await.unwrap().is_empty(), "the journal keeps what was done");
}

#[tokio::test]
async fn production_is_confirmed_by_typing() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let key = app.search("account:payments-prod name:bastion state:running", Sort::default()).unwrap().keys().remove(0);
    let plan = app.plan(Action::Stop, Targets::Keys(vec![key.clone()])).await.unwrap();
    let Confirmation::Type { accepted } = &plan.confirmation else { panic!("{:?}", plan.confirmation) };
    assert!(accepted.contains(&key.native.to_string()), "{accepted:?}");
    assert!(matches!(
        app.commit(&plan.nonce, Some("bastiom"), true).await,
        Err(CommitError::Refused(CommitRefusal::Confirmation))
    ));
    assert!(app.journal(10, None).await.unwrap().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_second_window_is_refused_and_says_who_has_it() {
    let harness = Harness::new();
    let window = harness.open_as(HostKind::Window).await.unwrap();
    let error = harness.open_as(HostKind::Window).await.unwrap_err();
    assert!(matches!(&error, AppError::AlreadyOpen { holder } if holder.contains("window")), "{error}");
    harness.open_as(HostKind::CommandLine).await.unwrap();
    window.shutdown().await;
    drop(window);
    harness.open_as(HostKind::Window).await.unwrap();
}

#[tokio::test]
async fn an_unknown_resource_is_said_so() {
    let harness = Harness::new();
    let app = harness.open().await;
    let key: nepho_core::ResourceKey = "demo:nowhere:eu-west-1:instance:i-1".parse().unwrap();
    assert!(matches!(app.details(&key).await, Err(AppError::UnknownResource { .. })));
    assert!(matches!(app.plan(Action::Stop, Targets::Keys(vec![key])).await, Err(AppError::UnknownResource { .. })));
    let page = PageAsk { query: "colour:red".to_owned(), sort: Sort::default(), offset: 0, limit: 10 };
    let page = app.inventory(&page).await.unwrap();
    assert!(page.error.is_some() && page.rows.is_empty());
}

#[tokio::test]
async fn a_plan_for_too_many_is_refused_before_anything_is_read() {
    let harness = Harness::new();
    let app = harness.open().await;
    let key = |at: usize| format!("demo:nowhere:eu-west-1:instance:i-{at}").parse::<nepho_core::ResourceKey>().unwrap();
    let plan = |count: usize| app.plan(Action::Stop, Targets::Keys((0..count).map(key).collect()));
    let refused = plan(MOST_TARGETS + 1).await.unwrap_err();
    assert!(
        matches!(refused, AppError::TooManyTargets { count, most } if (count, most) == (1_001, 1_000)),
        "{refused}"
    );
    assert!(matches!(plan(MOST_TARGETS).await, Err(AppError::UnknownResource { .. })), "so many are looked at");
}

#[tokio::test]
async fn taking_back_is_planned_for_what_was_accepted() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let running = app.search("account:platform-dev staging-web state:running", Sort::default()).unwrap();
    let target = running.window(0, 1).remove(0);
    let plan = app.plan(Action::Stop, Targets::Keys(vec![target.key().clone()])).await.unwrap();
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    app.submitted(&operation).await;
    let back = app.plan(Action::Start, Targets::Operation(operation)).await.unwrap();
    assert_eq!(back.targets.into_iter().map(|target| target.key).collect::<Vec<_>>(), [target.key().clone()]);
    let nothing = Targets::Operation(nepho_core::journal::OperationId::new("none"));
    assert!(matches!(app.plan(Action::Start, nothing).await, Err(AppError::UnknownOperation { .. })));
}
