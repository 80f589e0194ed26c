//! The conformance suite for the AWS provider: against our own double of EC2, which is as strict as
//! EC2's documentation, and against moto, which others wrote. Passing on moto proves no safety, as
//! moto accepts much that EC2 refuses.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::sync::Arc;

use nepho_aws::{AwsCredentials, AwsOptions, AwsProvider, DESCRIPTOR};
use nepho_core::{Access, Secret};
use nepho_testkit::{
    conformance::{Case, Connect, check},
    ec2::Ec2Harness,
    moto::{MotoHarness, MotoLab},
};

/// Makes a provider of the account behind an endpoint. The key needs no token.
fn connect() -> Connect {
    Box::new(|endpoint, _, access| Box::pin(async move { Arc::new(connected(&endpoint, access).await) as _ }))
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

const NO_RECORD: &str = "EC2 keeps no record of an action; only the state shows its end";

/// The cases that do not apply to EC2.
const CANNOT: [(Case, &str); 4] = [
    (Case::SuspendsAndResumes, "EC2 has no suspended instances: hibernating is a way to stop"),
    (Case::TicketsReachTheirEnd, NO_RECORD),
    (Case::FailedActionsAreReported, NO_RECORD),
    (Case::PlanReportsPermission, "EC2 reports a missing permission only when the action is sent"),
];

#[tokio::test]
async fn it_conforms() {
    check(&CANNOT, async || Ec2Harness::new(&DESCRIPTOR, connect()).expect("the double")).await;
}

#[tokio::test]
async fn it_conforms_on_moto() {
    let denied = (
        Case::DeniedScopeSparesOthers,
        "moto compares no condition of a policy with a request (aws:RequestedRegion), so that it denies all regions or \
         none, and with a code that is not EC2's; the double's run has this case",
    );
    let cannot = [&CANNOT[..], &[denied]].concat();
    let lab = MotoLab::start().expect("moto");
    check(&cannot, async || MotoHarness::new(&lab, &DESCRIPTOR, connect()).expect("an empty moto")).await;
}
