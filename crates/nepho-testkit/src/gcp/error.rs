//! Errors in Google's form: `{error: {code, message, errors: [{message, domain, reason}], details}}`.

use serde_json::{Value, json};

use super::request::Reply;

/// An answer that is an error.
#[derive(Clone, Debug)]
pub(crate) struct ApiError(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: u16,
    reason: String,
    message: String,
    /// The domain: `usageLimits` for quotas, else `global`.
    domain: &'static str,
    /// The canonical status, which the front end adds to its own errors.
    word: Option<&'static str>,
    location: Option<Value>,
    details: Vec<Value>,
}

impl ApiError {
    pub(crate) fn new(status: u16, reason: &str, message: &str) -> Self {
        Self(Box::new(Parts {
            status,
            reason: reason.to_owned(),
            message: message.to_owned(),
            domain: "global",
            word: None,
            location: None,
            details: Vec::new(),
        }))
    }

    /// Adds the canonical status and details of the front end.
    fn of_front_end(mut self, word: &'static str, details: Vec<Value>) -> Self {
        self.0.word = Some(word);
        self.0.details = details;
        self
    }

    fn of_usage_limits(mut self) -> Self {
        self.0.domain = "usageLimits";
        self
    }

    fn at(mut self, header: &str) -> Self {
        self.0.location = Some(json!({"location": header, "locationType": "header"}));
        self
    }

    /// 400 with the reason `invalid`.
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
        let detail = error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED", &json!({"service": "compute.googleapis.com"}));
        Self::new(401, "authError", message).at("Authorization").of_front_end("UNAUTHENTICATED", vec![detail])
    }

    /// 401 without any token.
    pub(crate) fn no_token() -> Self {
        let message = "Login Required.";
        Self::new(401, "required", message).at("Authorization").of_front_end("UNAUTHENTICATED", Vec::new())
    }

    /// 403: the token's scopes do not allow the method.
    pub(crate) fn insufficient_scopes(service: &str, method: &str) -> Self {
        let message = "Request had insufficient authentication scopes.";
        let detail = error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", &json!({"service": service, "method": method}));
        Self::new(403, "insufficientPermissions", message).of_front_end("PERMISSION_DENIED", vec![detail])
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
        Self::new(403, "accessNotConfigured", &message).of_usage_limits().of_front_end("PERMISSION_DENIED", details)
    }

    /// 403 of a quota per minute. Compute Engine answers 403, not 429.
    pub(crate) fn rate_limited(service: &str, project: &str, metric: &str) -> Self {
        let message = format!(
            "Quota exceeded for quota metric '{metric}' and limit '{metric} per minute' of service '{service}' for \
             consumer 'project_number:{project}'."
        );
        let metadata = json!({"service": service, "consumer": format!("projects/{project}"), "quota_limit": "ReadRequestsPerMinutePerProject"});
        let details = vec![error_info("RATE_LIMIT_EXCEEDED", &metadata)];
        Self::new(403, "rateLimitExceeded", &message).of_usage_limits().of_front_end("PERMISSION_DENIED", details)
    }

    /// 429, as the newer front ends answer.
    pub(crate) fn exhausted(service: &str) -> Self {
        let message = format!("Resource has been exhausted (e.g. check quota) of service '{service}'.");
        Self::new(429, "rateLimitExceeded", &message).of_front_end("RESOURCE_EXHAUSTED", Vec::new())
    }

    /// 412: the fingerprint is not current.
    pub(crate) fn condition_not_met() -> Self {
        let message = "Supplied fingerprint does not match current metadata fingerprint.";
        Self::new(412, "conditionNotMet", message).at("If-Match")
    }

    /// The body.
    pub(crate) fn body(&self) -> Value {
        let mut one = json!({"message": self.0.message, "domain": self.0.domain, "reason": self.0.reason});
        if let Some(location) = &self.0.location {
            one["location"] = location["location"].clone();
            one["locationType"] = location["locationType"].clone();
        }
        let mut error = json!({"code": self.0.status, "message": self.0.message, "errors": [one]});
        if let Some(word) = self.0.word {
            error["status"] = json!(word);
        }
        if !self.0.details.is_empty() {
            error["details"] = json!(self.0.details);
        }
        json!({"error": error})
    }

    pub(crate) fn reply(&self) -> Reply {
        let mut reply = Reply::json(self.0.status, &self.body());
        if self.0.status == 401 {
            reply.headers.push(("www-authenticate", "Bearer realm=\"https://accounts.google.com/\"".to_owned()));
        }
        reply
    }
}

fn error_info(reason: &str, metadata: &Value) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": metadata})
}
