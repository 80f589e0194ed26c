//! The AWS provider is a provider like any other: against our own double of EC2, which is as strict
//! as EC2's documentation, and against moto, which others wrote. The second leaves out what moto
//! cannot do; that it passes proves no safety, as moto accepts much that EC2 refuses.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::sync::Arc;

use nepho_aws::{AwsCredentials, AwsOptions, AwsProvider, DESCRIPTOR};
use nepho_core::{Access, Secret};
use nepho_testkit::{
    conformance::{Case, check},
    ec2::{Connect, Ec2Harness},
    moto::{MotoHarness, MotoLab},
};

/// How a provider of the account behind an endpoint is made.
fn connect() -> Connect {
    Box::new(|endpoint, access| Box::pin(async move { Arc::new(connected(&endpoint, access).await) as _ }))
}

async fn connected(endpoint: &str, access: Access) -> AwsProvider {
    let options = AwsOptions {
        endpoint: Some(endpoint.parse().expect("a URL")),
        access,
        ..AwsOptions::new(AwsCredentials::Keys {
            access_key_id: Secret::new("AKIATEST".to_owned()),
            secret_access_key: Secret::new("secret".to_owned()),
            session_token: None,
        })
    };
    AwsProvider::connect(options).await.expect("connected")
}

const SUSPENDS: (Case, &str) =
    (Case::SuspendsAndResumes, "EC2 has no suspended instances: hibernating is a way to stop");
const TICKETS: (Case, &str) =
    (Case::TicketsTellTheEnd, "EC2 keeps no record of an action; its end is seen by the state");
const FAILED: (Case, &str) =
    (Case::FailedActionsAreTold, "EC2 keeps no record of an action; its end is seen by the state");
const PERMISSION: (Case, &str) =
    (Case::PlanTellsPermission, "EC2 tells what is permitted only when it is asked to do it");

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
    let cannot = [SUSPENDS, TICKETS, FAILED, PERMISSION];
    check(&must, &cannot, async || Ec2Harness::new(&DESCRIPTOR, connect()).expect("the double")).await;
}

#[tokio::test]
async fn it_conforms_on_moto() {
    let must = [
        Case::VerifyIsStable,
        Case::ScopesAreUnique,
        Case::EachScopeEndsOnce,
        Case::NothingFollowsTheEnd,
        Case::KeysAreUnique,
        Case::KeysCarryTheirPlace,
        Case::ListsWhatIsThere,
        Case::ListingsRepeat,
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
    let cannot = [
        (
            Case::DeniedScopeSparesOthers,
            "moto compares no condition of a policy with a request (aws:RequestedRegion), so that it denies all regions or \
             none, and with a code that is not EC2's; the double's run has this case",
        ),
        SUSPENDS,
        TICKETS,
        FAILED,
        PERMISSION,
    ];
    let lab = MotoLab::start().expect("moto");
    check(&must, &cannot, async || MotoHarness::new(&lab, &DESCRIPTOR, connect()).expect("an empty moto")).await;
}
