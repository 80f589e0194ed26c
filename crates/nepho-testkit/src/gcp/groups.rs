//! Managed instance groups, as far as the metadata of their members describe them: enough to find
//! the group of an instance.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    check::Call,
    error::ApiError,
    instance::numeric,
    links::{last, link, zonal},
    page::{Row, page},
    world::World,
};

/// The members of each group of a zone: name and document.
fn groups(world: &World, project: &str, zone: &str) -> Result<BTreeMap<String, Vec<Value>>, ApiError> {
    let mut groups = BTreeMap::<String, Vec<Value>>::new();
    for machine in world.zone(project, zone)?.values() {
        let items = machine.document["metadata"]["items"].as_array().into_iter().flatten();
        let mut created_by = items.filter(|item| item["key"] == "created-by").filter_map(|item| item["value"].as_str());
        if let Some(group) = created_by.next() {
            groups.entry(last(group).to_owned()).or_default().push(machine.document.clone());
        }
    }
    Ok(groups)
}

/// The groups of a zone.
pub(crate) fn managers(world: &World, project: &str, zone: &str) -> Result<Vec<Row>, ApiError> {
    let one = |(name, members): (String, Vec<Value>)| {
        let size = members.len();
        let document = json!({
            "kind": "compute#instanceGroupManager",
            "id": numeric(&[project, zone, &name, "group"]).to_string(),
            "creationTimestamp": "2025-10-20T02:00:00.000-07:00",
            "name": name,
            "zone": link(project, &format!("zones/{zone}")),
            "instanceTemplate": link(project, &format!("global/instanceTemplates/{name}-template")),
            "instanceGroup": zonal(project, zone, "instanceGroups", &name),
            "baseInstanceName": name,
            "fingerprint": "YlN2Hn8rX6o=",
            "targetSize": size,
            "currentActions": {
                "none": size, "creating": 0, "creatingWithoutRetries": 0, "verifying": 0, "recreating": 0,
                "deleting": 0, "abandoning": 0, "restarting": 0, "refreshing": 0
            },
            "status": {"isStable": true},
            "selfLink": zonal(project, zone, "instanceGroupManagers", &name)
        });
        (name, document)
    };
    Ok(groups(world, project, zone)?.into_iter().map(one).collect())
}

/// One group.
pub(crate) fn manager(world: &World, call: &Call) -> Result<Value, ApiError> {
    let (project, zone, name) = (call.project(), call.text("zone"), call.text("instanceGroupManager"));
    let found = managers(world, project, zone)?.into_iter().find(|(one, _)| one == name);
    let path = || format!("projects/{project}/zones/{zone}/instanceGroupManagers/{name}");
    found.map(|(_, group)| group).ok_or_else(|| ApiError::not_found(&path()))
}

/// The members of a group.
pub(crate) fn members(world: &World, call: &Call) -> Result<Value, ApiError> {
    let (project, zone, name) = (call.project(), call.text("zone"), call.text("instanceGroupManager"));
    manager(world, call)?;
    let members = groups(world, project, zone)?.remove(name).unwrap_or_default();
    let one = |member: Value| {
        let name = member["name"].as_str().unwrap_or_default().to_owned();
        let document = json!({
            "id": member["id"],
            "instance": member["selfLink"],
            "name": name,
            "instanceStatus": member["status"],
            "currentAction": "NONE"
        });
        (name, document)
    };
    let page = page(call, members.into_iter().map(one).collect())?;
    let mut answer = json!({});
    if !page.rows.is_empty() {
        answer["managedInstances"] = page.rows.into_iter().map(|(_, row)| row).collect();
    }
    if let Some(next) = page.next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(answer)
}
