//! Errors in Google's form: `{error: {code, message, errors: [{message, domain, reason}], details}}`.

use serde_json::{Value, json};

use super::request::Reply;

/// An answer that is an error.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) message: String,
    /// Where: `usageLimits` for quotas, else `global`.
    domain: &'static str,
    /// The canonical word, which the front end adds to errors of its own.
    word: Option<&'static str>,
    location: Option<Value>,
    details: Vec<Value>,
}

impl ApiError {
    pub(crate) fn new(status: u16, reason: &str, message: &str) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
            message: message.to_owned(),
            domain: "global",
            word: None,
            location: None,
            details: Vec::new(),
        }
    }

    /// 400 with its usual reason.
    pub(crate) fn invalid(message: &str) -> Self {
        Self::new(400, "invalid", message)
    }

    /// 404.
    pub(crate) fn not_found(resource: &str) -> Self {
        Self::new(404, "notFound", &format!("The resource '{resource}' was not found"))
    }

    /// 401, as the front end answers it.
    pub(crate) fn unauthenticated() -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                       other valid authentication credential. See \
                       https://developers.google.com/identity/sign-in/web/devconsole-project.";
        let location = json!({"location": "Authorization", "locationType": "header"});
        let detail = error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED", &json!({"service": "compute.googleapis.com"}));
        let word = Some("UNAUTHENTICATED");
        Self { word, location: Some(location), details: vec![detail], ..Self::new(401, "authError", message) }
    }

    /// 401 without any token.
    pub(crate) fn no_token() -> Self {
        let message = "Login Required.";
        let location = json!({"location": "Authorization", "locationType": "header"});
        Self { word: Some("UNAUTHENTICATED"), location: Some(location), ..Self::new(401, "required", message) }
    }

    /// 403: the token's scopes do not allow the method.
    pub(crate) fn insufficient_scopes(service: &str, method: &str) -> Self {
        let message = "Request had insufficient authentication scopes.";
        let detail = error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", &json!({"service": service, "method": method}));
        let word = Some("PERMISSION_DENIED");
        Self { word, details: vec![detail], ..Self::new(403, "insufficientPermissions", message) }
    }

    /// 403: a permission is missing.
    pub(crate) fn denied(permission: &str, resource: &str) -> Self {
        Self::new(403, "forbidden", &format!("Required '{permission}' permission for '{resource}'"))
    }

    /// 403: the project has not enabled the API.
    pub(crate) fn api_disabled(title: &str, service: &str, project: &str) -> Self {
        let page = format!("https://console.developers.google.com/apis/api/{service}/overview?project={project}");
        let message = format!(
            "{title} has not been used in project {project} before or it is disabled. Enable it by visiting {page} \
             then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our \
             systems and retry."
        );
        let consumer = format!("projects/{project}");
        let metadata = json!({"service": service, "consumer": consumer, "containerInfo": project, "serviceTitle": title, "activationUrl": page});
        let help = json!({"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": "Google developers console API activation", "url": page}]});
        let local =
            json!({"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": message});
        let details = vec![error_info("SERVICE_DISABLED", &metadata), local, help];
        let word = Some("PERMISSION_DENIED");
        Self { word, details, domain: "usageLimits", ..Self::new(403, "accessNotConfigured", &message) }
    }

    /// 403 of a quota per minute. Compute Engine answers 403, not 429.
    pub(crate) fn rate_limited(service: &str, project: &str, metric: &str) -> Self {
        let message = format!(
            "Quota exceeded for quota metric '{metric}' and limit '{metric} per minute' of service '{service}' for \
             consumer 'project_number:{project}'."
        );
        let metadata = json!({"service": service, "consumer": format!("projects/{project}"), "quota_limit": "ReadRequestsPerMinutePerProject"});
        let details = vec![error_info("RATE_LIMIT_EXCEEDED", &metadata)];
        let word = Some("PERMISSION_DENIED");
        Self { word, details, domain: "usageLimits", ..Self::new(403, "rateLimitExceeded", &message) }
    }

    /// 429, as the newer front ends answer.
    pub(crate) fn exhausted(service: &str) -> Self {
        let message = format!("Resource has been exhausted (e.g. check quota) of service '{service}'.");
        Self { word: Some("RESOURCE_EXHAUSTED"), ..Self::new(429, "rateLimitExceeded", &message) }
    }

    /// 412: a fingerprint of something older.
    pub(crate) fn condition_not_met() -> Self {
        let message = "Supplied fingerprint does not match current metadata fingerprint.";
        let location = json!({"location": "If-Match", "locationType": "header"});
        Self { location: Some(location), ..Self::new(412, "conditionNotMet", message) }
    }

    /// The body.
    pub(crate) fn body(&self) -> Value {
        let mut one = json!({"message": self.message, "domain": self.domain, "reason": self.reason});
        if let Some(location) = &self.location {
            one["location"] = location["location"].clone();
            one["locationType"] = location["locationType"].clone();
        }
        let mut error = json!({"code": self.status, "message": self.message, "errors": [one]});
        if let Some(word) = self.word {
            error["status"] = json!(word);
        }
        if !self.details.is_empty() {
            error["details"] = json!(self.details);
        }
        json!({"error": error})
    }

    pub(crate) fn reply(&self) -> Reply {
        let mut reply = Reply::json(self.status, &self.body());
        if self.status == 401 {
            reply.headers.push(("www-authenticate", "Bearer realm=\"https://accounts.google.com/\"".to_owned()));
        }
        reply
    }
}

fn error_info(reason: &str, metadata: &Value) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": metadata})
}
