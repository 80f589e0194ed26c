//! The listings: of one zone or region, and of all scopes at once.

use serde_json::{Map, Value, json};

use super::{
    catalog,
    check::Call,
    discovery::PARTIAL_SUCCESS,
    error::ApiError,
    fault::Fault,
    links::link,
    page::{Page, Row, page},
    principal::Principal,
    world::World,
};

/// Returns a list in Compute Engine's form. Without rows there is no `items`.
fn list(call: &Call, kind: &str, path: &str, page: Page) -> Value {
    let project = call.project();
    let mut list = json!({
        "kind": format!("compute#{kind}List"),
        "id": format!("projects/{project}/{path}"),
        "selfLink": link(project, path)
    });
    if let Some(next) = page.next {
        list["nextPageToken"] = json!(next);
    }
    if !page.rows.is_empty() {
        list["items"] = page.rows.into_iter().map(|(_, row)| row).collect();
    }
    list
}

/// Lists of one place.
pub(crate) fn plain(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let project = call.project();
    let (zone, region) = (call.text("zone"), call.text("region"));
    let (kind, path, rows) = match call.verb() {
        "zones.list" => ("zone", "zones".to_owned(), catalog::zones(world, project)?),
        "regions.list" => ("region", "regions".to_owned(), catalog::regions(world, project)?),
        "machineTypes.list" => {
            ("machineType", format!("zones/{zone}/machineTypes"), catalog::machine_types(world, project, zone)?)
        }
        "addresses.list" => {
            ("address", format!("regions/{region}/addresses"), catalog::addresses(world, project, region))
        }
        "instances.list" => ("instance", format!("zones/{zone}/instances"), instances(world, project, zone)?),
        "zoneOperations.list" => ("operation", format!("zones/{zone}/operations"), operations(world, project, zone)?),
        "globalOperations.list" => ("operation", "global/operations".to_owned(), Vec::new()),
        _ => {
            let path = format!("zones/{zone}/instanceGroupManagers");
            ("instanceGroupManager", path, super::groups::managers(world, project, zone)?)
        }
    };
    Ok(list(call, kind, &path, page(call, rows)?))
}

fn instances(world: &mut World, project: &str, zone: &str) -> Result<Vec<Row>, ApiError> {
    let names: Vec<String> = world.zone(project, zone)?.keys().cloned().collect();
    let read = |name: String| world.read(project, zone, &name).map(|row| (format!("{zone}/{name}"), row));
    Ok(names.into_iter().filter_map(read).collect())
}

fn operations(world: &mut World, project: &str, zone: &str) -> Result<Vec<Row>, ApiError> {
    world.zone(project, zone)?;
    let here = world.operations.values().filter(|one| one.project == project && one.zone == zone);
    let ids: Vec<u64> = here.map(|one| one.id).collect();
    for id in &ids {
        world.poll(*id);
    }
    Ok(ids.iter().map(|id| (id.to_string(), world.operations[id].document())).collect())
}

/// Lists all scopes. The answer contains every zone, with rows or with a warning instead.
pub(crate) fn aggregated(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let project = call.project();
    let (member, kind) = match call.verb() {
        "instances.aggregatedList" => ("instances", "instance"),
        "addresses.aggregatedList" => ("addresses", "address"),
        _ => ("instanceGroupManagers", "instanceGroupManager"),
    };
    let zones: Vec<String> = catalog::zones(world, project)?.into_iter().map(|(name, _)| name).collect();
    let regions: Vec<String> = catalog::regions(world, project)?.into_iter().map(|(name, _)| name).collect();
    let down = unreachable(world, project, &zones, call.verb());
    if !down.is_empty() && call.yes(PARTIAL_SUCCESS) != Some(true) {
        return Err(ApiError::new(503, "backendError", &format!("Zone {} is unreachable", down[0])));
    }
    let scopes: Vec<String> = if member == "addresses" {
        regions.iter().map(|name| format!("regions/{name}")).chain(["global".to_owned()]).collect()
    } else {
        let others = call.yes("includeAllScopes") == Some(true);
        let others = regions.iter().filter(|_| others).map(|name| format!("regions/{name}"));
        zones.iter().map(|name| format!("zones/{name}")).chain(others).collect()
    };
    let mut rows = Vec::new();
    for scope in scopes.iter().filter(|scope| !down.iter().any(|zone| scope.ends_with(zone.as_str()))) {
        let (_, name) = scope.split_once('/').unwrap_or(("", scope));
        let here = match member {
            "instances" if scope.starts_with("zones") => instances(world, project, name)?,
            "instanceGroupManagers" if scope.starts_with("zones") => super::groups::managers(world, project, name)?,
            "addresses" => catalog::addresses(world, project, name),
            _ => Vec::new(),
        };
        rows.extend(here.into_iter().map(|(key, row)| (format!("{scope}\t{key}"), row)));
    }
    let page = page(call, rows)?;
    let mut items = Map::new();
    for scope in &scopes {
        let here = page.rows.iter().filter(|(key, _)| key.split('\t').next() == Some(scope));
        let here: Vec<Value> = here.map(|(_, row)| row.clone()).collect();
        let is_down = down.iter().any(|zone| scope.ends_with(zone.as_str()));
        let item = if here.is_empty() { warning(scope, is_down) } else { json!({member: here}) };
        items.insert(scope.clone(), item);
    }
    let mut answer = json!({
        "kind": format!("compute#{kind}AggregatedList"),
        "id": format!("projects/{project}/aggregated/{member}"),
        "items": items,
        "selfLink": link(project, &format!("aggregated/{member}"))
    });
    if let Some(next) = page.next {
        answer["nextPageToken"] = json!(next);
    }
    if !down.is_empty() {
        answer["unreachables"] = down.iter().map(|zone| json!(format!("projects/{project}/zones/{zone}"))).collect();
    }
    Ok(answer)
}

fn warning(scope: &str, is_down: bool) -> Value {
    let (code, message) = if is_down {
        ("UNREACHABLE", format!("The scope '{scope}' is unreachable."))
    } else {
        ("NO_RESULTS_ON_PAGE", format!("There are no results for scope '{scope}' on this page."))
    };
    json!({"warning": {"code": code, "message": message, "data": [{"key": "scope", "value": scope}]}})
}

/// Returns the zones that a rule makes unreachable.
fn unreachable(world: &mut World, project: &str, zones: &[String], method: &str) -> Vec<String> {
    let is_down = |zone: &&String| {
        let rules = world.rules.iter().filter(|rule| rule.fault == Fault::Unreachable && rule.zone.is_some());
        rules.into_iter().any(|rule| rule.fits(project, zone, method))
    };
    zones.iter().filter(is_down).cloned().collect()
}

/// Returns the requested permissions that the principal has.
pub(crate) fn permissions(world: &World, call: &Call, who: &Principal, project: &str) -> Value {
    let zone = call.text("zone");
    let asked = call.body["permissions"].as_array().into_iter().flatten();
    let has = |permission: &&Value| {
        let permission = permission.as_str().unwrap_or_default();
        let denied = world.denials.iter().any(|denial| denial.denies(permission, project, zone));
        who.may(permission, project) && !denied
    };
    let has: Vec<Value> = asked.filter(has).cloned().collect();
    // Without permissions there is no member.
    if has.is_empty() { json!({}) } else { json!({"permissions": has}) }
}

/// Lists the projects that the principal sees, as Cloud Resource Manager does.
pub(crate) fn search(world: &World, call: &Call, who: &Principal) -> Result<Value, ApiError> {
    let rows = catalog::managed_projects(world, who);
    let page = page(call, rows)?;
    let mut answer = json!({});
    if !page.rows.is_empty() {
        answer["projects"] = page.rows.into_iter().map(|(_, row)| row).collect();
    }
    if let Some(next) = page.next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(answer)
}
