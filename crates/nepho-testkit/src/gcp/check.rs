//! A request held against the discovery documents: its route, its parameters, its body.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    discovery::{Document, Documents, Method},
    error::ApiError,
    mask::Mask,
    request::Request,
    schema::{Side, complaints},
};

/// A request that conforms to the documents.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) document: &'static Document,
    pub(crate) method: &'static Method,
    /// The parameters of path and query, typed.
    pub(crate) parameters: Map<String, Value>,
    pub(crate) body: Value,
    pub(crate) mask: Mask,
}

/// The reason why a request does not conform.
#[derive(Debug)]
pub(crate) struct Stray {
    pub(crate) error: ApiError,
    pub(crate) complaint: String,
}

impl Call {
    /// Holds a request against the documents.
    pub(crate) fn check(documents: &'static Documents, request: &Request) -> Result<Self, Stray> {
        let line = format!("{} {}", request.method, request.path);
        let Some(routed) = documents.route(&request.method, &request.path) else {
            let status = if documents.is_path(&request.path) { 405 } else { 404 };
            let error = ApiError::new(status, "notFound", &format!("{line} is no method of these APIs"));
            return Err(Stray { error, complaint: format!("{line}: no such route") });
        };
        let method = routed.method;
        let stray = |what: &str, complaint: &[String]| {
            let complaint = format!("{line} ({}): {what}: {}", method.id, complaint.join("; "));
            Stray { error: ApiError::new(400, "badRequest", &complaint), complaint }
        };
        let parameters = typed(method, routed.variables, &request.query);
        let wrong = complaints(routed.document, method, Side::Parameters, &Value::Object(parameters.clone()));
        if !wrong.is_empty() {
            return Err(stray("parameters", &wrong));
        }
        let body = match request.body.as_ref() {
            b"" => Value::Null,
            text => serde_json::from_slice(text).map_err(|error| stray("body", &[error.to_string()]))?,
        };
        // An empty object means no body; Google's clients send it with methods that take none.
        let none = method.request.is_none() && body == json!({});
        let body = if none { Value::Null } else { body };
        let wrong = complaints(routed.document, method, Side::Request, &body);
        if !wrong.is_empty() {
            return Err(stray("body", &wrong));
        }
        let mask = match parameters.get("fields").and_then(Value::as_str) {
            Some(fields) => Mask::parse(fields).map_err(|wrong| stray("fields", &[wrong]))?,
            None => Mask::default(),
        };
        let unknown = method.response.as_deref().and_then(|schema| mask.unknown(routed.document, schema));
        if let Some(field) = unknown {
            return Err(stray("fields", &[format!("Invalid field selection {field}")]));
        }
        Ok(Self { document: routed.document, method, parameters, body, mask })
    }

    /// Returns a text parameter, or an empty text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.parameters.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns a boolean parameter.
    pub(crate) fn yes(&self, name: &str) -> Option<bool> {
        self.parameters.get(name).and_then(Value::as_bool)
    }

    /// Returns a numeric parameter.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.parameters.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok())
    }

    /// Returns the project: a parameter of Compute Engine, or a name of Cloud Resource Manager.
    pub(crate) fn project(&self) -> &str {
        let named = || ["name", "resource"].into_iter().find_map(|name| self.text(name).strip_prefix("projects/"));
        match self.text("project") {
            "" => named().unwrap_or_default(),
            project => project,
        }
    }

    /// Returns the method without its API, such as `instances.stop`.
    pub(crate) fn verb(&self) -> &'static str {
        self.method.id.split_once('.').map_or("", |(_, verb)| verb)
    }
}

/// Converts the parameters to their declared types. A value that does not parse stays text, and is
/// a violation; a repeated parameter that is not declared as repeated becomes an array, and is a
/// violation too.
fn typed(method: &Method, variables: BTreeMap<String, String>, query: &[(String, String)]) -> Map<String, Value> {
    let mut typed: Map<String, Value> = variables.into_iter().map(|(name, text)| (name, Value::String(text))).collect();
    for (name, text) in query {
        let declared = method.parameters.get(name);
        let value = match declared.and_then(|one| one["type"].as_str()) {
            Some("boolean") if text.eq_ignore_ascii_case("true") => json!(true),
            Some("boolean") if text.eq_ignore_ascii_case("false") => json!(false),
            Some("integer") => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
            _ => json!(text),
        };
        let in_path = declared.is_some_and(|one| one["location"] == "path");
        match (typed.get_mut(name), declared.is_some_and(|one| one["repeated"] == true)) {
            (Some(Value::Array(many)), true) => many.push(value),
            (Some(first), _) => *first = json!([first.take(), value]),
            (None, true) => _ = typed.insert(name.clone(), json!([value])),
            (None, false) if in_path => _ = typed.insert(name.clone(), json!({"in the query": value})),
            (None, false) => _ = typed.insert(name.clone(), value),
        }
    }
    typed
}
