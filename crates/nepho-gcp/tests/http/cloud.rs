//! A loopback Google that answers as each test tells it.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use nepho_core::{Access, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider, Timeouts};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// The project that everything is about.
pub const PROJECT: &str = "nepho-lab";

/// One request, as the cloud understood it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    /// The header `name`, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What the cloud answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A status, headers and a body.
    Body(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Half of the promised body, then nothing more.
    CutOff(Vec<u8>),
    /// A status line and then a byte now and then.
    Drip,
    /// Nothing, ever.
    Hang,
}

impl Answer {
    pub fn json(body: &Value) -> Self {
        Self::Body(200, Vec::new(), body.to_string().into_bytes())
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self::Body(status, Vec::new(), body.as_bytes().to_vec())
    }

    /// An error in Google's form.
    pub fn error(status: u16, reason: &str, message: &str) -> Self {
        let one = json!({"reason": reason, "domain": "global", "message": message});
        let body = json!({"error": {"code": status, "message": message, "errors": [one]}});
        Self::Body(status, Vec::new(), body.to_string().into_bytes())
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Body(_, headers, _) = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A page of `projects.search`.
pub fn projects(ids: &[&str], next: Option<&str>) -> Value {
    let project = |id: &&str| json!({"projectId": id, "displayName": id.to_uppercase(), "state": "ACTIVE"});
    json!({"projects": ids.iter().map(project).collect::<Vec<_>>(), "nextPageToken": next.unwrap_or_default()})
}

type Script = dyn Fn(&Asked, usize) -> Option<Answer> + Send + Sync;

struct Stage {
    script: Box<Script>,
    asked: Mutex<Vec<Asked>>,
}

/// The cloud; it ends with its test's runtime.
pub struct Cloud {
    pub port: u16,
    stage: Arc<Stage>,
}

impl Cloud {
    /// Answers as `script` says, which also gets how many requests there were before; what it
    /// leaves open, as a healthy cloud with one project and no instances would.
    pub async fn start(script: impl Fn(&Asked, usize) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let stage = Arc::new(Stage { script: Box::new(script), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&stage));
        #[expect(clippy::disallowed_methods, reason = "the cloud is not part of the program")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, stage }
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.stage.asked.lock().expect("the requests").clone()
    }

    /// How many requests there were for paths that end so.
    pub fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with(path)).count()
    }

    pub fn endpoint(&self) -> Url {
        format!("http://127.0.0.1:{}", self.port).parse().expect("a URL")
    }

    /// Somebody with a token at hand.
    pub fn identity(&self) -> Arc<GcpIdentity> {
        self.signed_in(GcpCredentials::AccessToken(Secret::new("ya29.operator".to_owned())))
    }

    pub fn signed_in(&self, credentials: GcpCredentials) -> Arc<GcpIdentity> {
        Arc::new(GcpIdentity::new(credentials, Some(&self.endpoint())).expect("an identity"))
    }

    /// An `authorized_user` file whose token endpoint is here.
    pub fn user(&self) -> GcpCredentials {
        let file = json!({
            "type": "authorized_user", "client_id": "client.apps.example", "client_secret": "CANARY-client-secret",
            "refresh_token": "CANARY-refresh-token", "token_uri": format!("{}token", self.endpoint()),
        });
        GcpCredentials::ApplicationDefault(Secret::new(file.to_string()))
    }
}

/// Options for an endpoint, with short time limits.
pub fn options(identity: &Arc<GcpIdentity>, endpoint: &Url, access: Access) -> GcpOptions {
    GcpOptions {
        endpoint: Some(endpoint.clone()),
        access,
        timeouts: Timeouts {
            read: Duration::from_secs(1),
            attempt: Duration::from_secs(2),
            operation: Duration::from_secs(4),
        },
        ..GcpOptions::new(Arc::clone(identity), PROJECT.to_owned())
    }
}

/// A provider for an endpoint, with short time limits.
pub fn connect(identity: &Arc<GcpIdentity>, endpoint: &Url, access: Access) -> GcpProvider {
    futures::FutureExt::now_or_never(GcpProvider::connect(options(identity, endpoint, access)))
        .expect("nothing to wait for")
        .expect("a provider")
}

async fn answer(State(stage): State<Arc<Stage>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body").to_vec();
    let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let headers =
        head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let asked = Asked { path: head.uri.path().to_owned(), query, headers: headers.collect(), body };
    let before = {
        let mut all = stage.asked.lock().expect("the requests");
        all.push(asked.clone());
        all.len() - 1
    };
    reply((stage.script)(&asked, before).unwrap_or_else(|| healthy(&asked))).await
}

fn healthy(asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/token" => Answer::json(&json!({"access_token": "ya29.made", "expires_in": 3599, "token_type": "Bearer"})),
        "/v3/projects:search" => Answer::json(&projects(&[PROJECT], None)),
        "/compute/v1/projects/nepho-lab" => Answer::json(&json!({"kind": "compute#project", "name": PROJECT})),
        path if path.ends_with("/zones") => Answer::json(&json!({
            "kind": "compute#zoneList", "items": [{"name": "europe-west1-b", "status": "UP"}]
        })),
        path if path.ends_with(":testIamPermissions") => Answer::json(&json!({})),
        path => Answer::error(404, "notFound", path),
    }
}

async fn reply(answer: Answer) -> Response {
    let (status, headers, body) = match answer {
        Answer::Body(status, headers, body) => (status, headers, Body::from(body)),
        Answer::CutOff(body) => {
            let half = Bytes::from(body[..body.len() / 2].to_vec());
            let chunks = futures::stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]);
            (200, vec![("content-length", body.len().to_string())], Body::from_stream(chunks))
        }
        Answer::Drip => {
            let drop = |n: u32| async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), n + 1))
            };
            (200, Vec::new(), Body::from_stream(futures::stream::unfold(0, drop)))
        }
        Answer::Hang => std::future::pending().await,
    };
    let mut response = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body).expect("a response")
}
