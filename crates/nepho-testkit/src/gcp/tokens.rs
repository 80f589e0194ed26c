//! The token services: Google's OAuth server, its token exchange, and IAM credentials.
//!
//! At Google their hosts differ; here one root serves all. The discovery documents do not describe
//! them: <https://developers.google.com/identity/protocols/oauth2>,
//! <https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token>,
//! <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken>.

use serde_json::{Value, json};

use super::{
    auth,
    error::ApiError,
    keys,
    principal::{CLOUD_PLATFORM, Principal},
    request::{Reply, Request},
    world::World,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Returns the answer of a token service and its name; `None` for any other request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Option<(&'static str, Reply)> {
    if request.method != "POST" {
        return None;
    }
    let impersonated =
        || request.path.strip_prefix("/v1/projects/-/serviceAccounts/")?.strip_suffix(":generateAccessToken");
    Some(match request.path.as_str() {
        "/token" => ("oauth2.token", granted(world, request)),
        "/v1/token" => ("sts.token", exchanged(world, request)),
        _ => {
            let email = impersonated()?.replace("%40", "@");
            let reply = generated(world, request, &email).unwrap_or_else(|error| error.reply());
            ("iamcredentials.generateAccessToken", reply)
        }
    })
}

/// Returns a parameter of a body, which is a form or JSON.
fn param(request: &Request, name: &str) -> String {
    if request.header("content-type").starts_with("application/json") {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        return body[name].as_str().unwrap_or_default().to_owned();
    }
    let found = url::form_urlencoded::parse(&request.body).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// An error in OAuth's form.
pub(crate) fn refused(status: u16, error: &str, words: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": words}))
}

/// Makes a new token of this principal, with the requested scopes.
fn made(world: &mut World, mut principal: Principal, scopes: &[String]) -> String {
    if !scopes.is_empty() {
        principal.scopes = scopes.to_vec();
    }
    world.tokens.made += 1;
    let token = format!("ya29.made-{:06}", world.tokens.made);
    world.tokens.bearers.insert(token.clone(), principal);
    token
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn granted(world: &mut World, request: &Request) -> Reply {
    let lifetime = world.setup.token_seconds;
    let (principal, scopes) = match param(request, "grant_type").as_str() {
        "refresh_token" => {
            let Some(known) = world.tokens.refresh.get(&param(request, "refresh_token")) else {
                return refused(400, "invalid_grant", "Token has been expired or revoked.");
            };
            if known.client_id != param(request, "client_id") || known.client_secret != param(request, "client_secret")
            {
                return refused(401, "invalid_client", "The OAuth client was not found.");
            }
            (known.principal.clone(), words(&param(request, "scope")))
        }
        JWT_BEARER => match keys::signed_by(&world.tokens, &param(request, "assertion")) {
            Some(principal) => (principal, Vec::new()),
            None => return refused(400, "invalid_grant", "Invalid JWT Signature."),
        },
        other => return refused(400, "unsupported_grant_type", &format!("Invalid grant_type: {other}")),
    };
    let scope = if scopes.is_empty() { principal.scopes.join(" ") } else { scopes.join(" ") };
    let token = made(world, principal, &scopes);
    Reply::json(200, &json!({"access_token": token, "expires_in": lifetime, "scope": scope, "token_type": "Bearer"}))
}

fn exchanged(world: &mut World, request: &Request) -> Reply {
    if param(request, "grant_type") != EXCHANGE || param(request, "requested_token_type") != ACCESS_TOKEN {
        return refused(400, "invalid_request", "Invalid value for \"grant_type\" or \"requested_token_type\".");
    }
    if param(request, "audience").is_empty() {
        return refused(400, "invalid_request", "Invalid value for \"audience\".");
    }
    let Some(principal) = world.tokens.subjects.get(&param(request, "subject_token")).cloned() else {
        return refused(400, "invalid_grant", "The given credential is rejected by the attribute condition.");
    };
    let lifetime = world.setup.token_seconds;
    let token = made(world, principal, &words(&param(request, "scope")));
    let answer = json!({"access_token": token, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": lifetime});
    Reply::json(200, &answer)
}

/// Makes a token of a service account, for a principal that can impersonate it.
fn generated(world: &mut World, request: &Request, email: &str) -> Result<Reply, ApiError> {
    let who = auth::bearer(world, request)?;
    if !who.scopes.iter().any(|scope| scope == CLOUD_PLATFORM || scope.ends_with("/auth/iam")) {
        return Err(ApiError::insufficient_scopes("iamcredentials.googleapis.com", "GenerateAccessToken"));
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let scopes: Vec<String> =
        body["scope"].as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    if scopes.is_empty() {
        return Err(ApiError::new(400, "badRequest", "Request contains an invalid argument."));
    }
    let permission = "iam.serviceAccounts.getAccessToken";
    let may = who.permissions.as_ref().is_none_or(|all| all.contains(permission));
    let Some(target) = world.tokens.impersonable.get(email).cloned().filter(|_| may) else {
        let words = format!("Permission '{permission}' denied on resource (or it may not exist).");
        return Err(ApiError::new(403, "forbidden", &words));
    };
    let token = made(world, target, &scopes);
    Ok(Reply::json(200, &json!({"accessToken": token, "expireTime": "2099-12-31T23:59:59Z"})))
}
