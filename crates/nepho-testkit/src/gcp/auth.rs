//! Authorisation: the bearer token, its scopes, and the permission of a method.

use super::{check::Call, error::ApiError, keys, principal::Principal, request::Request, world::World};

/// Returns the owner of the request's token.
pub(crate) fn bearer(world: &World, request: &Request) -> Result<Principal, ApiError> {
    let header = request.header("authorization");
    let Some(token) = header.strip_prefix("Bearer ") else {
        return Err(if header.is_empty() { ApiError::no_token() } else { ApiError::unauthenticated() });
    };
    let known = world.tokens.bearers.get(token).cloned();
    known.or_else(|| keys::signed_by(&world.tokens, token)).ok_or_else(ApiError::unauthenticated)
}

/// Checks that the token's scopes and its owner's permissions allow the call.
pub(crate) fn allow(world: &World, call: &Call, who: &Principal) -> Result<(), ApiError> {
    let method = call.method;
    let service = service(call);
    if !method.scopes.iter().any(|scope| who.scopes.contains(scope)) {
        return Err(ApiError::insufficient_scopes(service, &method.id));
    }
    let project = call.project();
    if let Some(known) = world.projects.get(project)
        && service.starts_with("compute")
        && who.sees(project)
        && !known.api_enabled
    {
        return Err(ApiError::api_disabled("Compute Engine API", service, &super::setup::number(project)));
    }
    let Some(permission) = permission(call) else { return Ok(()) };
    let zone = call.text("zone");
    let denied = world.denials.iter().any(|denial| denial.denies(&permission, project, zone));
    if who.may(&permission, project) && !denied {
        return Ok(());
    }
    let named = call.text("instance");
    let resource = match (zone, named) {
        ("", _) => format!("projects/{project}"),
        (zone, "") => format!("projects/{project}/zones/{zone}"),
        (zone, name) => format!("projects/{project}/zones/{zone}/instances/{name}"),
    };
    Err(ApiError::denied(&permission, &resource))
}

/// Returns the API of a method.
pub(crate) fn service(call: &Call) -> &'static str {
    if call.method.id.starts_with("compute") { "compute.googleapis.com" } else { "cloudresourcemanager.googleapis.com" }
}

/// Returns the permission of a method: <https://cloud.google.com/iam/docs/permissions-reference>.
fn permission(call: &Call) -> Option<String> {
    if !call.method.id.starts_with("compute") || call.verb().ends_with("testIamPermissions") {
        // Cloud Resource Manager shows the visible projects, and answers "not found" for the
        // others.
        return None;
    }
    let (resource, verb) = call.verb().split_once('.')?;
    let verb = match verb {
        "aggregatedList" => "list",
        "wait" | "listManagedInstances" => "get",
        verb => verb,
    };
    Some(format!("compute.{resource}.{verb}"))
}
