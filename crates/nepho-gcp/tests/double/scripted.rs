//! A loopback server that answers with one body after the other, for replies that the double of
//! Compute Engine would not give: the double does not continue from a page that it did not serve.

use std::sync::Arc;

use nepho_core::{Access, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use nepho_testkit::scripted::{Answer, Cloud};
use serde_json::Value;

/// The server; it ends with its test's runtime.
pub struct Scripted(Cloud);

impl Scripted {
    /// Starts a server that answers with these bodies in order, and then with the last one again.
    pub async fn start(bodies: &[Value]) -> Self {
        let bodies: Vec<String> = bodies.iter().map(Value::to_string).collect();
        let body = move |before: usize| bodies.get(before).or(bodies.last()).cloned().unwrap_or_default();
        Self(Cloud::start(move |_, before| Answer::text(200, &body(before))).await.expect("a port"))
    }

    /// The paths and queries so far.
    pub fn asked(&self) -> Vec<String> {
        self.0.asked().into_iter().map(|request| request.target).collect()
    }

    pub fn provider(&self) -> GcpProvider {
        let endpoint = self.0.endpoint();
        let credentials = GcpCredentials::AccessToken(Secret::new("token".to_owned()));
        let identity = Arc::new(GcpIdentity::new(credentials, Some(&endpoint)).expect("an identity"));
        let options = GcpOptions::new(identity, "nepho-lab".to_owned());
        futures::FutureExt::now_or_never(GcpProvider::connect(GcpOptions {
            endpoint: Some(endpoint),
            access: Access::ReadWrite,
            ..options
        }))
        .expect("nothing to wait for")
        .expect("a provider")
    }
}
