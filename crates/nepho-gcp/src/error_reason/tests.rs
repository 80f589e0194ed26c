//! Google's reasons and their provider errors.

use nepho_core::FailureCode;
use serde_json::{Value, json};

use super::*;

const OPERATION: &str = "compute.instances.stop";
const COMPUTE: &str = "compute.googleapis.com";

fn refusal(status: u16, body: &Value) -> Refusal {
    Refusal::read(status, None, body.to_string().as_bytes()).expect("Google's form")
}

/// As Compute Engine answers: `errors`, and sometimes an `ErrorInfo`.
fn answered(status: u16, reason: &str, message: &str, info: Option<&str>) -> Refusal {
    let mut error = json!({
        "code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}],
    });
    if let Some(info) = info {
        let metadata = json!({"service": "compute.googleapis.com", "consumer": "projects/nepho-lab"});
        error["details"] = json!([
            {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": info, "metadata": metadata},
        ]);
    }
    refusal(status, &json!({ "error": error }))
}

fn meaning(refusal: Refusal) -> ProviderError {
    refusal.meaning(OPERATION.to_owned(), COMPUTE, "nepho-lab")
}

#[test]
fn every_reason_has_its_class() {
    use FailureCode as Code;
    let per_minute = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'compute'";
    let cases = [
        (401, "authError", "x", None, Code::Unauthenticated),
        (401, "required", "Login Required.", None, Code::Unauthenticated),
        (403, "rateLimitExceeded", "x", None, Code::Throttled),
        (403, "userRateLimitExceeded", "x", None, Code::Throttled),
        (403, "rateLimitExceeded", "x", Some("RATE_LIMIT_EXCEEDED"), Code::Throttled),
        (403, "quotaExceeded", per_minute, None, Code::Throttled),
        (403, "quotaExceeded", "x", Some("RATE_LIMIT_EXCEEDED"), Code::Throttled),
        (403, "dailyLimitExceeded", "x", None, Code::Throttled),
        (429, "rateLimitExceeded", "x", None, Code::Throttled),
        (
            403,
            "quotaExceeded",
            "Quota 'CPUS' exceeded. Limit: 24.0 in region europe-west1.",
            None,
            Code::CapacityUnavailable,
        ),
        (403, "accessNotConfigured", "x", None, Code::NotEnabled),
        (403, "forbidden", "x", Some("SERVICE_DISABLED"), Code::NotEnabled),
        (403, "billingDisabled", "x", None, Code::NotEnabled),
        (403, "forbidden", "x", Some("BILLING_DISABLED"), Code::NotEnabled),
        (403, "forbidden", "Required 'compute.instances.stop' permission", None, Code::PermissionDenied),
        (403, "insufficientPermissions", "x", Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), Code::PermissionDenied),
        (403, "forbidden", "x", Some("USER_PROJECT_DENIED"), Code::PermissionDenied),
        (403, "somethingNew", "x", None, Code::PermissionDenied),
        (404, "notFound", "x", None, Code::Other),
        (409, "alreadyExists", "x", None, Code::Conflict),
        (412, "conditionNotMet", "x", None, Code::Conflict),
        (400, "resourceInUseByAnotherResource", "x", None, Code::Conflict),
        (400, "resourceNotReady", "x", None, Code::InvalidState),
        (400, "invalidResourceUsage", "x", None, Code::InvalidState),
        (400, "invalid", "x", None, Code::Other),
        (400, "unsupportedOperation", "x", None, Code::Unsupported),
        (501, "notImplemented", "x", None, Code::Unsupported),
        (500, "backendError", "x", None, Code::Unavailable),
        (503, "backendError", "x", None, Code::Unavailable),
        (503, "ZONE_RESOURCE_POOL_EXHAUSTED", "x", None, Code::CapacityUnavailable),
        (503, "resourcesExhausted", "x", None, Code::CapacityUnavailable),
    ];
    for (status, reason, message, info, code) in cases {
        let error = meaning(answered(status, reason, message, info));
        assert_eq!(error.code(), code, "{status} {reason} {info:?}: {error}");
        if status < 500 {
            assert!(!error.leaves_unknown(), "a refusal is known: {error}");
        }
    }
}

/// Newer services send a `status` in place of `errors`.
#[test]
fn the_newer_form_is_read_too() {
    let error = |status: u16, word: &str| {
        meaning(refusal(status, &json!({"error": {"code": status, "message": "Words.", "status": word}})))
    };
    assert_eq!(error(403, "PERMISSION_DENIED").code(), FailureCode::PermissionDenied);
    assert_eq!(error(429, "RESOURCE_EXHAUSTED").code(), FailureCode::Throttled);
    assert_eq!(
        error(400, "INVALID_ARGUMENT"),
        ProviderError::Other { code: "INVALID_ARGUMENT".to_owned(), message: "Words.".to_owned() }
    );
}

#[test]
fn only_a_quota_of_this_minute_is_waited_for() {
    assert!(answered(403, "rateLimitExceeded", "x", None).is_quota_of_this_minute());
    assert!(answered(403, "forbidden", "x", Some("RATE_LIMIT_EXCEEDED")).is_quota_of_this_minute());
    for reason in ["forbidden", "accessNotConfigured", "quotaExceeded", "dailyLimitExceeded"] {
        assert!(!answered(403, reason, "x", None).is_quota_of_this_minute(), "{reason}");
    }
}

#[test]
fn disabled_api_names_the_command_that_enables_it() {
    let text = |refusal: Refusal, api: &str, project: &str| match refusal.meaning(OPERATION.to_owned(), api, project) {
        ProviderError::NotEnabled { api, message } => (api, message),
        other => panic!("{other}"),
    };
    let detailed = answered(403, "accessNotConfigured", "It is disabled.", Some("SERVICE_DISABLED"));
    let (api, message) = text(detailed.clone(), COMPUTE, "nepho-lab");
    assert_eq!(api, "compute.googleapis.com");
    assert_eq!(
        message,
        "run `gcloud services enable compute.googleapis.com --project nepho-lab`. Google says: It is disabled."
    );
    let bare = answered(403, "accessNotConfigured", "It is disabled.", None);
    assert_eq!(text(bare.clone(), COMPUTE, "nepho-lab").0, "compute.googleapis.com");
    let projects = "cloudresourcemanager.googleapis.com";
    let (api, message) = text(bare, projects, "");
    assert_eq!(api, "cloudresourcemanager.googleapis.com");
    assert!(message.starts_with("run `gcloud services enable cloudresourcemanager.googleapis.com`."), "{message}");
    assert!(text(detailed, projects, "").1.contains("--project nepho-lab`"));
}

#[test]
fn missing_scope_is_named() {
    let refusal =
        answered(403, "insufficientPermissions", "Insufficient scopes.", Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
    let ProviderError::PermissionDenied { operation, message } = meaning(refusal) else { panic!("a denial") };
    assert_eq!(operation, OPERATION);
    assert!(message.contains("scope"), "{message}");
}

#[test]
fn body_in_another_form_is_not_read() {
    for body in ["", "<html>", "{}", "[]", "{\"error\": \"invalid_grant\"}", "{\"error\": {\"errors\": {}}}"] {
        assert_eq!(Refusal::read(403, None, body.as_bytes()), None, "{body}");
    }
    let deep = format!("{{\"error\": {}", "[".repeat(100_000));
    assert_eq!(Refusal::read(403, None, deep.as_bytes()), None);
    let long = refusal(400, &json!({"error": {"message": "x".repeat(100_000)}}));
    assert!(long.message.chars().count() < 500);
}

#[test]
fn an_operations_error_is_never_unknown() {
    use FailureCode as Code;
    for (code, class) in [
        ("ZONE_RESOURCE_POOL_EXHAUSTED", Code::CapacityUnavailable),
        ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", Code::CapacityUnavailable),
        ("QUOTA_EXCEEDED", Code::CapacityUnavailable),
        ("RESOURCE_NOT_READY", Code::InvalidState),
        ("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", Code::Conflict),
        ("CONDITION_NOT_MET", Code::Conflict),
        ("RESOURCE_OPERATION_RATE_EXCEEDED", Code::Throttled),
        ("PERMISSIONS_ERROR", Code::PermissionDenied),
        ("UNSUPPORTED_OPERATION", Code::Unsupported),
        ("INTERNAL_ERROR", Code::Other),
        ("TIMEOUT", Code::Other),
        ("SOMETHING_NEW", Code::Other),
        ("", Code::Other),
    ] {
        let error = operation_failed(code, "Google's words.");
        assert_eq!(error.code(), class, "{code}: {error}");
        assert!(!error.leaves_unknown(), "{code}: the operation has ended");
    }
    assert!(operation_failed("QUOTA_EXCEEDED", "CPUS").to_string().contains("quota"));
    assert!(operation_failed("INTERNAL_ERROR", " ").to_string().contains("INTERNAL_ERROR"));
}
