//! A loopback AWS: reads the action and the region of each request, and answers as it is told.

use std::{
    collections::{BTreeMap, HashMap},
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
use futures::StreamExt;
use nepho_aws::{AwsCredentials, AwsOptions, AwsProvider, Timeouts};
use nepho_core::{
    Access, Kind, Location, Provider, ProviderError, ProviderKind, Realm, Region, ResourceKey, Scope,
    provider::{ListedResource, SweepItem, Target},
};
use url::form_urlencoded;

pub const ACCOUNT: &str = "123456789012";

/// One request, as the cloud understood it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Out of the signature's credential scope.
    pub region: String,
    /// The `Action` parameter.
    pub action: String,
    /// The other parameters.
    pub parameters: HashMap<String, String>,
    /// The request's headers.
    pub headers: HashMap<String, String>,
}

impl Asked {
    /// The parameter `name`, or nothing.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The ids asked for, in order.
    pub fn ids(&self) -> Vec<String> {
        (1..).map_while(|n| self.parameters.get(&format!("InstanceId.{n}")).cloned()).collect()
    }
}

/// What the cloud answers.
pub enum Answer {
    /// A status and a body.
    Body(u16, Vec<u8>),
    /// A body that says that it is gzip.
    Gzip(Vec<u8>),
    /// Half of the promised body, then nothing more.
    CutOff(Vec<u8>),
    /// Nothing, ever.
    Hang,
}

impl Answer {
    pub fn ok(inner: &str, action: &str) -> Self {
        let text = format!("<{action}Response xmlns=\"urn:x\">{inner}<requestId>r</requestId></{action}Response>");
        Self::Body(200, text.into_bytes())
    }

    pub fn instances(ids: &[&str], next: Option<&str>) -> Self {
        Self::Body(200, page(ids, next).into_bytes())
    }

    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let text = format!(
            "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>\
             </Errors><RequestID>r</RequestID></Response>"
        );
        Self::Body(status, text.into_bytes())
    }
}

/// A page of running instances, one to a reservation.
pub fn page(ids: &[&str], next: Option<&str>) -> String {
    let item = |id: &&str| {
        format!(
            "<item><reservationId>r-{id}</reservationId><ownerId>{ACCOUNT}</ownerId><instancesSet><item>\
             <instanceId>{id}</instanceId><instanceType>m5d.large</instanceType><instanceState><code>16</code>\
             <name>running</name></instanceState></item></instancesSet></item>"
        )
    };
    let items = ids.iter().map(item).collect::<Vec<_>>().concat();
    let next = next.map(|token| format!("<nextToken>{token}</nextToken>")).unwrap_or_default();
    format!(
        "<DescribeInstancesResponse xmlns=\"urn:x\"><requestId>r</requestId><reservationSet>{items}</reservationSet>\
         {next}</DescribeInstancesResponse>"
    )
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

type Script = dyn Fn(&Asked) -> Option<Answer> + Send + Sync;

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
    /// Answers as `script` says; what it leaves open, and `GetCallerIdentity`, as a healthy empty
    /// cloud would.
    pub async fn start(script: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static) -> Self {
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

    /// The requests for `action`.
    pub fn count(&self, action: &str) -> usize {
        self.asked().iter().filter(|asked| asked.action == action).count()
    }

    pub fn endpoint(&self) -> url::Url {
        format!("http://127.0.0.1:{}", self.port).parse().expect("a URL")
    }

    pub fn realm(&self) -> Realm {
        Realm::new(format!("{ACCOUNT}@127.0.0.1-{}", self.port))
    }

    pub fn key(&self, region: &str, id: &str) -> ResourceKey {
        ResourceKey {
            provider: ProviderKind::Aws,
            realm: self.realm(),
            region: Region::from(region),
            kind: Kind::Instance,
            native: id.into(),
        }
    }

    /// Options for this cloud, with short time limits.
    pub fn options(&self, regions: &[&str]) -> AwsOptions {
        let secret = |text: &str| nepho_core::Secret::new(text.to_owned());
        AwsOptions {
            endpoint: Some(self.endpoint()),
            regions: regions.iter().map(|region| Region::from(*region)).collect(),
            access: Access::ReadWrite,
            timeouts: Timeouts {
                connect: Duration::from_secs(5),
                read: Duration::from_secs(1),
                attempt: Duration::from_secs(2),
                operation: Duration::from_secs(4),
            },
            ..AwsOptions::new(AwsCredentials::Keys {
                access_key_id: secret("AKIAIOSFODNN7EXAMPLE"),
                secret_access_key: secret("wJalrXUtnFEMI"),
                session_token: Some(secret("SESSIONTOKEN")),
            })
        }
    }

    pub async fn connect(&self, regions: &[&str]) -> AwsProvider {
        AwsProvider::connect(self.options(regions)).await.expect("a provider")
    }
}

async fn answer(State(stage): State<Arc<Stage>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let mut parameters: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let headers: HashMap<String, String> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let region = headers.get("authorization").and_then(|text| text.split('/').nth(2)).unwrap_or_default().to_owned();
    let asked = Asked { region, action: parameters.remove("Action").unwrap_or_default(), parameters, headers };
    stage.asked.lock().expect("the requests").push(asked.clone());
    reply((stage.script)(&asked).unwrap_or_else(|| healthy(&asked))).await
}

fn healthy(asked: &Asked) -> Answer {
    let ids = asked.ids();
    let changes = |set: &str, state: &str| {
        let item = |id: &String| {
            format!(
                "<item><instanceId>{id}</instanceId><currentState><code>64</code><name>{state}</name></currentState></item>"
            )
        };
        format!("<{set}>{}</{set}>", ids.iter().map(item).collect::<String>())
    };
    match asked.action.as_str() {
        "GetCallerIdentity" => Answer::ok(
            &format!(
                "<GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/ops</Arn><UserId>A</UserId>\
                 <Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
            ),
            "GetCallerIdentity",
        ),
        "DescribeInstances" => Answer::instances(&ids.iter().map(String::as_str).collect::<Vec<_>>(), None),
        "StopInstances" => Answer::ok(&changes("instancesSet", "stopping"), "StopInstances"),
        "StartInstances" => Answer::ok(&changes("instancesSet", "pending"), "StartInstances"),
        "TerminateInstances" => Answer::ok(&changes("instancesSet", "shutting-down"), "TerminateInstances"),
        "RebootInstances" => Answer::ok("<return>true</return>", "RebootInstances"),
        action => Answer::error(400, "InvalidAction", action),
    }
}

async fn reply(answer: Answer) -> Response {
    let (status, body, coding, cut) = match answer {
        Answer::Body(status, body) => (status, body, None, false),
        Answer::Gzip(body) => (200, body, Some("gzip"), false),
        Answer::CutOff(body) => (200, body, None, true),
        Answer::Hang => std::future::pending().await,
    };
    let mut response = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
    if let Some(coding) = coding {
        response = response.header("content-encoding", coding);
    }
    if !cut {
        return response.body(Body::from(body)).expect("a response");
    }
    let half = Bytes::from(body[..body.len() / 2].to_vec());
    let chunks = futures::stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]);
    response.header("content-length", body.len()).body(Body::from_stream(chunks)).expect("a response")
}

pub fn scope(region: &str) -> Scope {
    Scope { location: Location::from(region), kind: Kind::Instance }
}

/// What became of one scope.
#[derive(Debug, Default)]
pub struct Swept {
    pub rows: Vec<ListedResource>,
    pub ends: Vec<Result<(), ProviderError>>,
}

/// Lists `regions` to the end.
pub async fn sweep(provider: &AwsProvider, regions: &[&str]) -> BTreeMap<String, Swept> {
    let scopes: Vec<Scope> = regions.iter().map(|region| scope(region)).collect();
    let mut swept: BTreeMap<String, Swept> = BTreeMap::new();
    let mut items = provider.list(&scopes);
    while let Some(item) = items.next().await {
        let (scope, rows, end) = match item {
            SweepItem::Page { scope, resources } => (scope, resources, None),
            SweepItem::Complete { scope } => (scope, Vec::new(), Some(Ok(()))),
            SweepItem::Failed { scope, error } => (scope, Vec::new(), Some(Err(error))),
        };
        let one = swept.entry(scope.location.to_string()).or_default();
        assert!(one.ends.is_empty(), "{scope:?} goes on after its end");
        one.rows.extend(rows);
        one.ends.extend(end);
    }
    assert!(swept.values().all(|one| one.ends.len() == 1), "each scope ends once: {swept:?}");
    swept
}

/// EC2 needs no zone.
pub fn target(key: &ResourceKey) -> Target {
    Target { key: key.clone(), zone: None }
}
