//! The subject of a request, and the errors of Compute Engine.

use serde_json::{Value, json};

use super::PROJECT;
use crate::loopback::{Params, Reply, Request};

/// The largest page, and the default
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/instances/list>).
const MOST: usize = 500;

/// The subject of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// The project itself.
    Project,
    /// The project's zones.
    Zones,
    /// The instances of one zone.
    Zone(String),
    /// The instances of all zones.
    Aggregated,
}

/// One page of a listing, in one form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) subject: Subject,
    /// Rows on a page.
    pub(crate) size: usize,
    /// Rows before this page.
    pub(crate) offset: usize,
    /// The mask, or empty.
    pub(crate) fields: String,
    /// True for indented JSON, which is Google's default.
    pub(crate) pretty: bool,
}

impl Asked {
    /// Reads a request, or returns its refusal.
    pub(crate) fn from(request: &Request) -> Result<Self, Reply> {
        if !request.header("authorization").starts_with("Bearer ") {
            return Err(refusal(401, "required", "Login Required."));
        }
        let (path, query) = request.target();
        let root = format!("/compute/v1/projects/{PROJECT}");
        let below = path.strip_prefix(root.as_str()).unwrap_or("/elsewhere");
        let parts: Vec<&str> = below.split('/').skip(1).collect();
        let subject = match parts[..] {
            _ if request.method != "GET" => return Err(refusal(404, "notFound", "Not Found")),
            [] => Subject::Project,
            ["zones"] => Subject::Zones,
            ["zones", zone, "instances"] => Subject::Zone(zone.to_owned()),
            ["aggregated", "instances"] => Subject::Aggregated,
            _ => return Err(refusal(404, "notFound", "Not Found")),
        };
        let known = ["maxResults", "pageToken", "fields", "prettyPrint", "returnPartialSuccess"];
        if let Some(other) = query.names().find(|name| !known.contains(name)) {
            return Err(invalid(&format!("Unknown name \"{other}\": Cannot bind query parameter.")));
        }
        Self::page(subject, &query)
    }

    fn page(subject: Subject, query: &Params) -> Result<Self, Reply> {
        let size = match query.get("maxResults").map(str::parse) {
            None | Some(Ok(0)) => MOST,
            Some(Ok(size)) if size <= MOST => size,
            _ => return Err(invalid("Invalid value for field 'maxResults'.")),
        };
        let mut asked = Self {
            subject,
            size,
            offset: 0,
            fields: query.get("fields").unwrap_or_default().to_owned(),
            pretty: query.get("prettyPrint") != Some("false"),
        };
        if let Some(token) = query.get("pageToken") {
            let offset = token.rsplit_once('.').and_then(|(_, offset)| offset.parse().ok());
            asked.offset = offset.unwrap_or_default();
            if asked.token() != token {
                return Err(invalid("Invalid value for field 'pageToken'."));
            }
        }
        Ok(asked)
    }

    /// Returns the token of this page, which is valid for its listing only.
    pub(crate) fn token(&self) -> String {
        let listing = match &self.subject {
            Subject::Project => "project",
            Subject::Zones => "zones",
            Subject::Zone(zone) => zone,
            Subject::Aggregated => "aggregated",
        };
        format!("{listing}.{}", self.offset)
    }
}

/// An error in Google's form.
pub(crate) fn refusal(status: u16, reason: &str, message: &str) -> Reply {
    let error: Value = json!({
        "error": {
            "code": status,
            "message": message,
            "errors": [{"message": message, "domain": "global", "reason": reason}]
        }
    });
    Reply { status, ..Reply::json(&error) }
}

/// The error for an invalid request.
pub(crate) fn invalid(message: &str) -> Reply {
    refusal(400, "invalid", message)
}
