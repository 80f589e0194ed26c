//! A loopback AWS: reads the action and the region of each request, and answers as the test says.

use std::{collections::HashMap, ops::Deref, time::Duration};

use nepho_aws::{AwsCredentials, AwsOptions, AwsProvider, Timeouts};
use nepho_core::{Access, Kind, ProviderKind, Realm, Region, ResourceKey, provider::Target};
use nepho_testkit::scripted::{self, Request};
pub use nepho_testkit::scripted::{Answer, sweep};
use url::form_urlencoded;

pub const ACCOUNT: &str = "123456789012";

/// One request, as EC2 reads it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The region, out of the signature's credential scope.
    pub region: String,
    /// The `Action` parameter.
    pub action: String,
    /// The other parameters.
    pub parameters: HashMap<String, String>,
    /// The request's headers.
    pub headers: HashMap<String, String>,
}

impl From<Request> for Asked {
    fn from(request: Request) -> Self {
        let mut parameters: HashMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let region = request.header("authorization").split('/').nth(2).unwrap_or_default().to_owned();
        let action = parameters.remove("Action").unwrap_or_default();
        Self { region, action, parameters, headers: request.headers }
    }
}

impl Asked {
    /// The parameter `name`, or an empty text.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The ids asked for, in order.
    pub fn ids(&self) -> Vec<String> {
        (1..).map_while(|n| self.parameters.get(&format!("InstanceId.{n}")).cloned()).collect()
    }
}

/// A successful reply in EC2's form.
pub fn ec2_reply(inner: &str, action: &str) -> Answer {
    Answer::text(200, &format!("<{action}Response xmlns=\"urn:x\">{inner}<requestId>r</requestId></{action}Response>"))
}

/// An error in EC2's form.
pub fn ec2_error(status: u16, code: &str, message: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>\
         </Errors><RequestID>r</RequestID></Response>"
    );
    Answer::text(status, &text)
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
    scripted::gzip(bytes).expect("memory")
}

/// The cloud, for EC2's requests.
pub struct Cloud(scripted::Cloud<Asked>);

impl Deref for Cloud {
    type Target = scripted::Cloud<Asked>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Cloud {
    /// Starts a cloud that answers as `script` says; where the script returns `None`, the answer is
    /// that of a healthy EC2 in which every instance exists.
    pub async fn start(script: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let script = move |asked: &Asked, _| script(asked).unwrap_or_else(|| healthy(asked));
        Self(scripted::Cloud::start(script).await.expect("a port"))
    }

    /// The requests for `action`.
    pub fn count(&self, action: &str) -> usize {
        self.asked().iter().filter(|asked| asked.action == action).count()
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
        "GetCallerIdentity" => ec2_reply(
            &format!(
                "<GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/ops</Arn><UserId>A</UserId>\
                 <Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
            ),
            "GetCallerIdentity",
        ),
        "DescribeInstances" => Answer::text(200, &page(&ids.iter().map(String::as_str).collect::<Vec<_>>(), None)),
        "StopInstances" => ec2_reply(&changes("instancesSet", "stopping"), "StopInstances"),
        "StartInstances" => ec2_reply(&changes("instancesSet", "pending"), "StartInstances"),
        "TerminateInstances" => ec2_reply(&changes("instancesSet", "shutting-down"), "TerminateInstances"),
        "RebootInstances" => ec2_reply("<return>true</return>", "RebootInstances"),
        action => ec2_error(400, "InvalidAction", action),
    }
}

/// EC2 needs no zone.
pub fn target(key: &ResourceKey) -> Target {
    Target { key: key.clone(), zone: None }
}
