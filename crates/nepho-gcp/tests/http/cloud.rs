//! A loopback Google that answers as each test says.

use std::{ops::Deref, sync::Arc, time::Duration};

use nepho_core::{Access, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider, Timeouts};
use nepho_testkit::scripted;
pub use nepho_testkit::scripted::{Answer, Request as Asked};
use serde_json::{Value, json};
use url::Url;

/// The project of every test.
pub const PROJECT: &str = "nepho-lab";

/// A successful reply.
pub fn json_reply(body: &Value) -> Answer {
    Answer::text(200, &body.to_string())
}

/// An error in Google's form.
pub fn google_error(status: u16, reason: &str, message: &str) -> Answer {
    let one = json!({"reason": reason, "domain": "global", "message": message});
    let body = json!({"error": {"code": status, "message": message, "errors": [one]}});
    Answer::text(status, &body.to_string())
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    scripted::gzip(bytes).expect("memory")
}

/// A page of `projects.search`.
pub fn projects(ids: &[&str], next: Option<&str>) -> Value {
    let project = |id: &&str| json!({"projectId": id, "displayName": id.to_uppercase(), "state": "ACTIVE"});
    json!({"projects": ids.iter().map(project).collect::<Vec<_>>(), "nextPageToken": next.unwrap_or_default()})
}

/// The cloud, for Google's requests.
pub struct Cloud(scripted::Cloud);

impl Deref for Cloud {
    type Target = scripted::Cloud;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Cloud {
    /// Starts a cloud that answers as `script` says, which also receives the number of requests
    /// before; where the script returns `None`, the answer is that of a healthy cloud with one
    /// project and no instances.
    pub async fn start(script: impl Fn(&Asked, usize) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let script = move |asked: &Asked, before| script(asked, before).unwrap_or_else(|| healthy(asked));
        Self(scripted::Cloud::start(script).await.expect("a port"))
    }

    /// The number of requests for paths that end with `path`.
    pub fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with(path)).count()
    }

    /// An identity with an access token.
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

fn healthy(asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/token" => json_reply(&json!({"access_token": "ya29.made", "expires_in": 3599, "token_type": "Bearer"})),
        "/v3/projects:search" => json_reply(&projects(&[PROJECT], None)),
        "/compute/v1/projects/nepho-lab" => json_reply(&json!({"kind": "compute#project", "name": PROJECT})),
        path if path.ends_with("/zones") => json_reply(&json!({
            "kind": "compute#zoneList", "items": [{"name": "europe-west1-b", "status": "UP"}]
        })),
        path if path.ends_with(":testIamPermissions") => json_reply(&json!({})),
        path => google_error(404, "notFound", path),
    }
}
