//! The sign-in hosts of the clouds: they give credentials to everyone.

use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::net::TcpListener;

/// The token that the source of a federated identity gives.
pub const SUBJECT: &str = "subject-token-of-the-lab";

/// Starts them; the port.
pub async fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().fallback(answer);
    #[expect(clippy::disallowed_methods, reason = "the hosts are not part of the program")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

async fn answer(request: Request) -> Response {
    let (head, body) = request.into_parts();
    let host = text(&head.headers, header::HOST.as_str());
    if host.starts_with("portal.sso.") {
        let credentials = json!({
            "accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 32_503_680_000_000_u64,
        });
        return axum_json(&json!({ "roleCredentials": credentials }));
    }
    if host.starts_with("oidc.") {
        return axum_json(&json!({
            "accessToken": "renewed", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "next",
        }));
    }
    if !host.starts_with("sts.") {
        return SUBJECT.into_response();
    }
    let partition = if host.ends_with(".amazonaws.com.cn") { "aws-cn" } else { "aws" };
    let body = to_bytes(body, 1 << 20).await.unwrap();
    if String::from_utf8_lossy(&body).contains("Action=AssumeRole") { role(partition) } else { caller(partition) }
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn axum_json(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn role(partition: &str) -> Response {
    xml(&format!(
        "<AssumeRoleResponse xmlns=\"urn:x\"><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
         <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId>\
         <Arn>arn:{partition}:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser></AssumeRoleResult>\
         </AssumeRoleResponse>"
    ))
}

fn caller(partition: &str) -> Response {
    xml(&format!(
        "<GetCallerIdentityResponse xmlns=\"urn:x\"><GetCallerIdentityResult>\
         <Arn>arn:{partition}:iam::123456789012:user/ops</Arn><UserId>A</UserId><Account>123456789012</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    ))
}

fn xml(text: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/xml")], text.to_owned()).into_response()
}
