//! A loopback server that answers with one body after the other, for replies that the double of
//! Compute Engine would not give: it does not go on from a page that it did not serve.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, http::Uri};
use nepho_core::{Access, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use serde_json::Value;

#[derive(Default)]
struct Script {
    bodies: VecDeque<String>,
    asked: Vec<String>,
}

/// The server; it ends with its test's runtime.
pub struct Scripted {
    port: u16,
    script: Arc<Mutex<Script>>,
}

impl Scripted {
    pub async fn start(bodies: &[Value]) -> Self {
        let bodies = bodies.iter().map(Value::to_string).collect();
        let script = Arc::new(Mutex::new(Script { bodies, asked: Vec::new() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        #[expect(clippy::disallowed_methods, reason = "the server is not part of the program")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, script }
    }

    /// The paths and queries so far.
    pub fn asked(&self) -> Vec<String> {
        self.script.lock().expect("the script").asked.clone()
    }

    pub fn provider(&self) -> GcpProvider {
        let endpoint = format!("http://127.0.0.1:{}", self.port).parse().expect("a URL");
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

/// The next body; after the last one it is the last again.
async fn answer(State(script): State<Arc<Mutex<Script>>>, uri: Uri) -> String {
    let mut script = script.lock().expect("the script");
    script.asked.push(uri.to_string());
    match script.bodies.len() {
        0 | 1 => script.bodies.front().cloned().unwrap_or_default(),
        _ => script.bodies.pop_front().unwrap_or_default(),
    }
}
