//! Actions: one submission per key, no mutation sent twice, no forbidden request.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use nepho_aws::AwsProvider;
use nepho_core::{Access, Action, FailureCode, Provider, ProviderError, ResourceKey, State};

use crate::cloud::{Answer, Asked, Cloud, ec2_error, ec2_reply, target};

async fn outcomes(
    provider: &AwsProvider,
    action: Action,
    keys: &[ResourceKey],
) -> BTreeMap<String, Result<Option<State>, ProviderError>> {
    let targets: Vec<_> = keys.iter().map(target).collect();
    let answers = provider.submit(action.into(), &targets).collect::<Vec<_>>().await;
    assert_eq!(answers.len(), keys.len(), "one answer per key");
    answers.into_iter().map(|one| (one.key.native.to_string(), one.outcome.map(|accepted| accepted.state))).collect()
}

fn keys(cloud: &Cloud, count: usize) -> Vec<ResourceKey> {
    (0..count).map(|n| cloud.key("eu-west-1", &format!("i-{n:02}"))).collect()
}

/// Refuses a request that names `bad`.
fn spoiled(asked: &Asked, bad: &str, answer: impl Fn() -> Answer) -> Option<Answer> {
    (asked.action.ends_with("Instances") && asked.ids().iter().any(|id| id == bad)).then(answer)
}

#[tokio::test]
async fn one_bad_id_is_isolated_and_the_others_happen() {
    for (code, status, expected) in [
        ("InvalidInstanceID.NotFound", 400, FailureCode::NotFound),
        ("OperationNotPermitted", 400, FailureCode::InvalidState),
        ("IncorrectInstanceState", 400, FailureCode::InvalidState),
        ("UnsupportedOperation", 400, FailureCode::Unsupported),
        ("UnauthorizedOperation", 403, FailureCode::PermissionDenied),
        ("InsufficientInstanceCapacity", 500, FailureCode::CapacityUnavailable),
    ] {
        let cloud =
            Cloud::start(move |asked| spoiled(asked, "i-41", || ec2_error(status, code, "No, not this one."))).await;
        let provider = cloud.connect(&["eu-west-1"]).await;
        let outcomes = outcomes(&provider, Action::Stop, &keys(&cloud, 60)).await;
        for (id, outcome) in &outcomes {
            match outcome {
                Ok(state) => assert_eq!((*state, id == "i-41"), (Some(State::Stopping), false)),
                Err(error) => assert_eq!((error.code(), id.as_str()), (expected, "i-41"), "{code}"),
            }
        }
        assert!(outcomes["i-41"].is_err());
        let asked: Vec<_> = cloud.asked().into_iter().filter(|asked| asked.action == "StopInstances").collect();
        assert!(asked.iter().all(|asked| asked.ids().len() <= 50));
        assert!(asked.len() <= 14, "{code}: {} requests", asked.len());
        // An id is sent again only after a refusal: each accepted one succeeded exactly once.
        let done = asked.iter().filter(|asked| !asked.ids().contains(&"i-41".to_owned())).flat_map(Asked::ids).count();
        assert_eq!(done, 59, "{code}");
    }
}

#[tokio::test]
async fn every_action_has_its_operation_and_its_state() {
    let cloud = Cloud::start(|_| None).await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    for (action, operation, state) in [
        (Action::Start, "StartInstances", Some(State::Pending)),
        (Action::Stop, "StopInstances", Some(State::Stopping)),
        (Action::Reboot, "RebootInstances", None),
        (Action::Terminate, "TerminateInstances", Some(State::Terminating)),
    ] {
        assert_eq!(outcomes(&provider, action, &keys(&cloud, 1)).await["i-00"], Ok(state));
        assert_eq!(cloud.count(operation), 1);
    }
}

#[tokio::test]
async fn action_that_ec2_lacks_is_refused_unsent() {
    let cloud = Cloud::start(|_| None).await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    for action in [Action::Suspend, Action::Resume] {
        let outcome = outcomes(&provider, action, &keys(&cloud, 1)).await.remove("i-00").expect("an answer");
        assert!(matches!(outcome, Err(ProviderError::Unsupported { .. })), "{action}: {outcome:?}");
    }
    let told = provider.progress(&["a".into(), "b".into()]).await;
    assert!(matches!(&told[..], [Err(ProviderError::Unsupported { .. }), Err(_)]), "{told:?}");
    assert!(cloud.asked().is_empty());
}

#[tokio::test]
async fn request_without_a_reply_is_unknown_and_never_resent() {
    type Case = (&'static str, fn() -> Answer, FailureCode);
    let answers: [Case; 7] = [
        ("hung", || Answer::Hang, FailureCode::TimedOut),
        ("500", || ec2_error(500, "InternalError", "oops"), FailureCode::Unavailable),
        ("503", || Answer::Body(503, Vec::new(), b"<html/>".to_vec()), FailureCode::Unavailable),
        ("cut off", || Answer::CutOff(vec![b' '; 100]), FailureCode::Unavailable),
        ("html", || Answer::Body(200, Vec::new(), b"<html>welcome</html>".to_vec()), FailureCode::Malformed),
        ("false", || ec2_reply("<return>false</return>", "RebootInstances"), FailureCode::Malformed),
        ("not mentioned", || ec2_reply("<instancesSet/>", "StopInstances"), FailureCode::Malformed),
    ];
    for (case, answer, expected) in answers {
        for action in [Action::Stop, Action::Reboot] {
            if matches!((case, action), ("false", Action::Stop) | ("not mentioned", Action::Reboot)) {
                continue;
            }
            let cloud = Cloud::start(move |asked| (asked.action != "GetCallerIdentity").then(answer)).await;
            let provider = cloud.connect(&["eu-west-1"]).await;
            for outcome in outcomes(&provider, action, &keys(&cloud, 3)).await.into_values() {
                let error = outcome.expect_err(case);
                assert_eq!(error.code(), expected, "{case}, {action}: {error}");
                assert!(error.leaves_unknown(), "{case}");
            }
            assert_eq!(cloud.asked().len(), 2, "{case}, {action}: an identity and one action");
        }
    }
}

#[tokio::test]
async fn throttled_mutation_is_not_retried_by_the_provider() {
    let cloud = Cloud::start(|asked| {
        (asked.action == "StartInstances").then(|| ec2_error(503, "RequestLimitExceeded", "Slow down."))
    })
    .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    for outcome in outcomes(&provider, Action::Start, &keys(&cloud, 3)).await.into_values() {
        let error = outcome.expect_err("throttled");
        assert_eq!(error.code(), FailureCode::Throttled);
        assert!(!error.leaves_unknown());
    }
    assert_eq!(cloud.count("StartInstances"), 1);
}

#[tokio::test]
async fn missing_permission_ends_the_search_by_key() {
    let cloud =
        Cloud::start(|asked| (asked.action == "StopInstances").then(|| ec2_error(403, "UnauthorizedOperation", "No.")))
            .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    let outcomes = outcomes(&provider, Action::Stop, &keys(&cloud, 200)).await;
    let denied = outcomes.values().filter(
        |one| matches!(one, Err(ProviderError::PermissionDenied { operation, .. }) if operation == "ec2:StopInstances"),
    );
    let not_sent = outcomes.values().filter(|one| matches!(one, Err(ProviderError::NotSent { .. })));
    // What was not asked alone is not called denied.
    assert_eq!((denied.count(), not_sent.count()), (5, 195));
    assert!(cloud.count("StopInstances") <= 16, "{}", cloud.count("StopInstances"));
}

/// A policy can permit an action by tag.
#[tokio::test]
async fn a_few_denied_instances_do_not_speak_for_the_others() {
    let denied = ["i-00", "i-01", "i-02", "i-40"];
    let cloud = Cloud::start(move |asked| {
        let refused = asked.action == "StopInstances" && asked.ids().iter().any(|id| denied.contains(&id.as_str()));
        refused.then(|| ec2_error(403, "UnauthorizedOperation", "No."))
    })
    .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    let outcomes = outcomes(&provider, Action::Stop, &keys(&cloud, 50)).await;
    for (id, outcome) in &outcomes {
        assert_eq!(outcome.is_ok(), !denied.contains(&id.as_str()), "{id}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_read_only_account_sends_nothing() {
    let cloud = Cloud::start(|_| None).await;
    let mut options = cloud.options(&["eu-west-1"]);
    options.access = Access::ReadOnly;
    let provider = AwsProvider::connect(options).await.expect("a provider");
    for action in Action::ALL {
        assert_eq!(outcomes(&provider, action, &keys(&cloud, 2)).await["i-01"], Err(ProviderError::ReadOnly));
    }
    assert!(cloud.asked().is_empty());
}

#[tokio::test]
async fn keys_of_another_realm_are_refused_unsent() {
    let cloud = Cloud::start(|_| None).await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    let mut foreign = cloud.key("eu-west-1", "i-99");
    foreign.realm = "999999999999".into();
    let mut both = keys(&cloud, 1);
    both.push(foreign);
    let outcomes = outcomes(&provider, Action::Terminate, &both).await;
    assert_eq!(outcomes["i-00"], Ok(Some(State::Terminating)));
    assert!(matches!(outcomes["i-99"], Err(ProviderError::WrongAccount { .. })));
    assert!(cloud.asked().iter().all(|asked| !asked.ids().contains(&"i-99".to_owned())));
}

#[tokio::test]
async fn account_of_unknown_realm_gets_no_action() {
    let cloud =
        Cloud::start(|asked| (asked.action == "GetCallerIdentity").then(|| Answer::Body(500, Vec::new(), Vec::new())))
            .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    let error =
        outcomes(&provider, Action::Stop, &keys(&cloud, 1)).await.remove("i-00").expect("an answer").expect_err("no");
    assert!(!error.leaves_unknown(), "nothing was sent: {error}");
    assert_eq!(cloud.count("StopInstances"), 0);
}
