//! The conformance suite for the GCP provider, against the double of Compute Engine.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::sync::Arc;

use nepho_core::{Provider, Secret};
use nepho_gcp::{DESCRIPTOR, GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use nepho_testkit::{
    conformance::check,
    gcp::{GcpHarness, PROJECT},
};

fn harness() -> GcpHarness {
    GcpHarness::new(
        &DESCRIPTOR,
        Box::new(|endpoint, token, access| {
            Box::pin(async move {
                let endpoint = endpoint.parse().expect("a URL");
                let credentials = GcpCredentials::AccessToken(Secret::new(token));
                let identity = Arc::new(GcpIdentity::new(credentials, Some(&endpoint)).expect("an identity"));
                let options = GcpOptions::new(identity, PROJECT.to_owned());
                let options = GcpOptions { endpoint: Some(endpoint), access, ..options };
                Arc::new(GcpProvider::connect(options).await.expect("connected")) as Arc<dyn Provider>
            })
        }),
    )
    .expect("the double")
}

#[tokio::test]
async fn it_conforms() {
    // No case is excluded: the double acts, denies, records and breaks like Compute Engine.
    check(&[], async || harness()).await;
}
