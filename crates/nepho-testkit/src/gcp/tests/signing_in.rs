//! Tests of tokens of every kind, and of their permissions.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{rand::SystemRandom, signature::RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use super::{
    super::{
        CLOUD_PLATFORM, COMPUTE, COMPUTE_READONLY, Fault, FaultRule, GcpDouble, PROJECT, Principal,
        base64::encode_url,
        keys::{Pair, new_pair, pair},
    },
    asking::{Answer, raw},
    double, instances,
};

const EMAIL: &str = "robot@nepho-lab.iam.gserviceaccount.com";

fn with(double: &GcpDouble, token: &str, method: &str, target: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers: &[(&str, &str)] = if token.is_empty() { &[] } else { &[("Authorization", &bearer)] };
    raw(double, method, target, headers, body).expect("an answer")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn jwt(pair: &Pair, alg: &str, claims: &Value) -> String {
    let content = format!(
        "{}.{}",
        encode_url(json!({"alg": alg, "typ": "JWT"}).to_string().as_bytes()),
        encode_url(claims.to_string().as_bytes())
    );
    let mut signature = vec![0; pair.keys.public_modulus_len()];
    pair.keys.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), content.as_bytes(), &mut signature).expect("signed");
    format!("{content}.{}", encode_url(&signature))
}

fn claims(scope: &str) -> Value {
    json!({"iss": EMAIL, "sub": EMAIL, "scope": scope, "iat": now(), "exp": now() + 3600})
}

fn reason(answer: &Answer) -> String {
    answer.json()["error"]["errors"][0]["reason"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn request_without_a_valid_token_is_401() {
    let double = double();
    for (token, wanted) in [("", "required"), ("ya29.another", "authError")] {
        let answer = with(&double, token, "GET", &instances(""), "");
        assert_eq!((answer.status, reason(&answer).as_str()), (401, wanted));
        assert!(answer.head.to_lowercase().contains("www-authenticate: bearer"), "{}", answer.head);
    }
    double.grant("ya29.short", Principal::new("a@b.example"));
    assert_eq!(with(&double, "ya29.short", "GET", &instances(""), "").status, 200);
    double.expire("ya29.short");
    assert_eq!(with(&double, "ya29.short", "GET", &instances(""), "").status, 401);
}

#[test]
fn self_signed_token_needs_a_valid_signature_and_time() {
    let double = double();
    let file: Value = serde_json::from_str(&double.service_account(EMAIL)).expect("JSON");
    assert_eq!(file["client_email"], EMAIL);
    let try_with = |token: &str| with(&double, token, "GET", &instances(""), "").status;
    assert_eq!(try_with(&jwt(pair(), "RS256", &claims(CLOUD_PLATFORM))), 200);
    let audience = json!({"iss": EMAIL, "aud": "https://compute.googleapis.com/", "iat": now(), "exp": now() + 3600});
    assert_eq!(try_with(&jwt(pair(), "RS256", &audience)), 200);
    let bad = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims(CLOUD_PLATFORM);
        change(&mut claims);
        try_with(&jwt(pair(), "RS256", &claims))
    };
    assert_eq!(bad(&|claims| claims["exp"] = json!(now() - 1)), 401, "expired");
    assert_eq!(bad(&|claims| claims["exp"] = json!(now() + 86_400)), 401, "too long");
    assert_eq!(bad(&|claims| claims["iat"] = json!(now() + 3000)), 401, "not yet");
    assert_eq!(bad(&|claims| claims["iss"] = json!("other@x.example")), 401, "an unknown issuer");
    assert_eq!(bad(&|claims| claims["scope"] = Value::Null), 401, "neither scope nor audience");
    assert_eq!(try_with(&jwt(&new_pair(), "RS256", &claims(CLOUD_PLATFORM))), 401, "another key");
    assert_eq!(try_with(&jwt(pair(), "none", &claims(CLOUD_PLATFORM))), 401, "another algorithm");
    double.revoke(EMAIL);
    assert_eq!(try_with(&jwt(pair(), "RS256", &claims(CLOUD_PLATFORM))), 401, "revoked");
}

#[test]
fn a_token_that_may_only_read_changes_nothing() {
    let double = double();
    double.service_account(EMAIL);
    let token = jwt(pair(), "RS256", &claims(COMPUTE_READONLY));
    assert_eq!(with(&double, &token, "GET", &instances(""), "").status, 200);
    let answer = with(&double, &token, "POST", &instances("/web-1/stop"), "");
    assert_eq!((answer.status, reason(&answer).as_str()), (403, "insufficientPermissions"));
    assert_eq!(answer.json()["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assert_eq!(double.mutations(), 0);
}

#[test]
fn a_refresh_token_becomes_an_access_token() {
    let double = double();
    let file: Value = serde_json::from_str(&double.authorized_user(Principal::new("me@x.example"))).expect("JSON");
    let grant = |change: &dyn Fn(&mut Value)| {
        let mut body = file.clone();
        body["grant_type"] = json!("refresh_token");
        change(&mut body);
        raw(&double, "POST", "/token", &[("Content-Type", "application/json")], &body.to_string()).expect("an answer")
    };
    let answer = grant(&|_| {});
    assert_eq!(answer.json()["expires_in"], 3599);
    let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(with(&double, &token, "GET", &instances(""), "").status, 200);
    assert_eq!(double.exchanges().last().map(|one| one.principal.clone()).as_deref(), Some("me@x.example"));
    let scoped = grant(&|body| body["scope"] = json!(COMPUTE_READONLY)).json();
    let scoped = scoped["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(with(&double, &scoped, "POST", &instances("/web-1/stop"), "").status, 403);
    let busy = Fault::Error { status: 503, reason: "temporarily_unavailable".to_owned(), message: "Later.".to_owned() };
    double.add_rule(FaultRule::always(busy.clone()));
    assert_eq!(grant(&|_| {}).status, 200, "a rule for everything is not about tokens");
    double.heal();
    double.add_rule(FaultRule::always(busy).method("oauth2.token").times(1));
    assert_eq!((grant(&|_| {}).status, grant(&|_| {}).status), (503, 200));
    double.expire_made();
    assert_eq!(with(&double, &token, "GET", &instances(""), "").status, 401);
    assert_eq!(grant(&|body| body["client_secret"] = json!("guess")).status, 401);
    assert_eq!(grant(&|body| body["grant_type"] = json!("password")).status, 400);
    double.revoke_refresh("me@x.example");
    assert_eq!(grant(&|_| {}).json()["error"], "invalid_grant");
}

#[test]
fn a_signed_assertion_becomes_an_access_token() {
    let double = double();
    double.service_account(EMAIL);
    let mut asserted = claims(COMPUTE);
    asserted["aud"] = json!("https://oauth2.googleapis.com/token");
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={}",
        jwt(pair(), "RS256", &asserted)
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = raw(&double, "POST", "/token", &headers, &body).expect("an answer").json();
    assert_eq!(answer["scope"], COMPUTE);
    let token = answer["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(with(&double, &token, "POST", &instances("/web-1/stop"), "").status, 200);
    let forged = body.replace("assertion=", "assertion=x");
    assert_eq!(raw(&double, "POST", "/token", &headers, &forged).expect("an answer").status, 400);
}

#[test]
fn a_subject_token_is_exchanged_and_a_service_account_impersonated() {
    let double = double();
    double.accept_subject("their-own-token", Principal::new("principal://pool/subject/me"));
    double.impersonable(Principal::new(EMAIL).permissions(&["compute.instances.list"]));
    let exchange = |subject: &str| {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
            .append_pair("requested_token_type", "urn:ietf:params:oauth:token-type:access_token")
            .append_pair("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")
            .append_pair(
                "audience",
                "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
            )
            .append_pair("scope", CLOUD_PLATFORM)
            .append_pair("subject_token", subject)
            .finish();
        raw(&double, "POST", "/v1/token", &[("Content-Type", "application/x-www-form-urlencoded")], &body)
            .expect("an answer")
    };
    assert_eq!(exchange("a-guess").status, 400);
    let federated = exchange("their-own-token").json()["access_token"].as_str().expect("a token").to_owned();
    let path = |email: &str| format!("/v1/projects/-/serviceAccounts/{email}:generateAccessToken");
    let body = json!({"scope": [CLOUD_PLATFORM], "lifetime": "3600s"}).to_string();
    assert_eq!(with(&double, &federated, "POST", &path("unknown@x.example"), &body).status, 403);
    assert_eq!(with(&double, "", "POST", &path(EMAIL), &body).status, 401);
    let answer = with(&double, &federated, "POST", &path(EMAIL), &body).json();
    let token = answer["accessToken"].as_str().expect("a token").to_owned();
    assert_eq!(with(&double, &token, "GET", &instances(""), "").status, 200);
    let answer = with(&double, &token, "POST", &instances("/web-1/stop"), "");
    assert_eq!((answer.status, reason(&answer).as_str()), (403, "forbidden"));
}

#[test]
fn permissions_are_told_and_held() {
    let double = double();
    double.deny("compute.instances.stop", Some(PROJECT), None);
    let all = ["compute.instances.list", "compute.instances.stop", "compute.instances.start"];
    let body = json!({"permissions": all}).to_string();
    let token = double.token();
    let has = |target: &str| with(&double, &token, "POST", target, &body).json()["permissions"].clone();
    assert_eq!(has(&instances("/web-1/testIamPermissions")), json!([all[0], all[2]]));
    assert_eq!(has(&format!("/v3/projects/{PROJECT}:testIamPermissions")), json!([all[0], all[2]]));
    let answer = with(&double, &token, "POST", &instances("/web-1/stop"), "");
    assert_eq!((answer.status, reason(&answer).as_str()), (403, "forbidden"));
    double.heal();
    assert_eq!(has(&instances("/web-1/testIamPermissions")), json!(all));
}

#[test]
fn principal_sees_only_its_projects() {
    let double = double();
    for project in ["nepho-two", "nepho-three"] {
        double.add_project(project);
    }
    double.grant("ya29.two", Principal::new("two@x.example").projects(&["nepho-two", "nepho-three"]));
    let first = with(&double, "ya29.two", "GET", "/v3/projects:search?pageSize=1", "").json();
    assert_eq!(first["projects"][0]["projectId"], "nepho-three");
    let next = first["nextPageToken"].as_str().expect("a token");
    let rest = with(&double, "ya29.two", "GET", &format!("/v3/projects:search?pageToken={next}"), "").json();
    assert_eq!((rest["projects"].as_array().map(Vec::len), rest.get("nextPageToken")), (Some(1), None));
    assert_eq!(with(&double, "ya29.two", "GET", "/v3/projects/nepho-two", "").json()["state"], "ACTIVE");
    assert_eq!(with(&double, "ya29.two", "GET", &format!("/v3/projects/{PROJECT}"), "").status, 403);
    assert_eq!(with(&double, "ya29.two", "GET", &instances(""), "").status, 403);
}
