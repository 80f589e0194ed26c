//! The AWS provider is a provider like any other.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::sync::Arc;

use nepho_aws::{AwsCredentials, AwsOptions, AwsProvider, DIALECT};
use nepho_core::{Provider, Secret};
use nepho_testkit::{
    conformance::{Case, check},
    ec2::Ec2Harness,
};

fn harness() -> Ec2Harness {
    Ec2Harness::new(
        &DIALECT,
        Box::new(|endpoint, access| {
            Box::pin(async move {
                let options = AwsOptions {
                    endpoint: Some(endpoint.parse().expect("a URL")),
                    access,
                    ..AwsOptions::new(AwsCredentials::Keys {
                        access_key_id: Secret::new("AKIATEST".to_owned()),
                        secret_access_key: Secret::new("secret".to_owned()),
                        session_token: None,
                    })
                };
                Arc::new(AwsProvider::connect(options).await.expect("connected")) as Arc<dyn Provider>
            })
        }),
    )
    .expect("the double")
}

#[tokio::test]
async fn it_conforms() {
    let must = [
        Case::VerifyIsStable,
        Case::ScopesAreUnique,
        Case::EachScopeEndsOnce,
        Case::NothingFollowsTheEnd,
        Case::KeysAreUnique,
        Case::KeysCarryTheirPlace,
        Case::ListsWhatIsThere,
        Case::ListingsRepeat,
        Case::DeniedScopeSparesOthers,
        Case::StatesHaveWords,
        Case::DocumentsBecomeJson,
        Case::ObserveAnswersEachKey,
        Case::ObserveIsolatesUnknown,
        Case::ObserveSeesChanges,
        Case::PlanDetailTellsProtections,
        Case::SubmitActs,
        Case::SubmitIsolatesUnknown,
        Case::ReadOnlySendsNothing,
        Case::TrafficGrows,
        Case::NothingForNothing,
        Case::WholeDocument,
    ];
    // What is left out is what EC2 has not: the double acts, denies and breaks like EC2 (see its
    // own tests).
    let cannot = [
        (Case::SuspendsAndResumes, "EC2 has no suspended instances: hibernating is a way to stop"),
        (Case::TicketsTellTheEnd, "EC2 keeps no record of an action; its end is seen by the state"),
        (Case::FailedActionsAreTold, "EC2 keeps no record of an action; its end is seen by the state"),
        (Case::PlanTellsPermission, "EC2 tells what is permitted only when it is asked to do it"),
    ];
    check(&must, &cannot, async || harness()).await;
}
