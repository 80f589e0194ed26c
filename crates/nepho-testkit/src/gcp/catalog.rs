//! The fixed resources: projects, regions, zones, machine types; and reserved addresses.

use serde_json::{Value, json};

use super::{
    check::Call,
    error::ApiError,
    instance::numeric,
    links::{link, zonal},
    page::Row,
    principal::Principal,
    setup::{number, region},
    world::World,
};

const CREATED: &str = "1969-12-31T16:00:00.000-08:00";

/// Name, processors, memory in MB.
pub(crate) const MACHINE_TYPES: [(&str, u32, u32); 8] = [
    ("e2-micro", 2, 1024),
    ("e2-small", 2, 2048),
    ("e2-medium", 2, 4096),
    ("e2-standard-2", 2, 8192),
    ("e2-standard-4", 4, 16384),
    ("n2-standard-2", 2, 8192),
    ("n2-standard-8", 8, 32768),
    ("c3-standard-4", 4, 16384),
];

pub(crate) fn project(world: &World, id: &str) -> Result<Value, ApiError> {
    let project = world.projects.get(id).ok_or_else(|| ApiError::not_found(&format!("projects/{id}")))?;
    Ok(json!({
        "kind": "compute#project",
        "id": numeric(&[id]).to_string(),
        "creationTimestamp": "2024-02-01T04:20:00.000-08:00",
        "name": id,
        "commonInstanceMetadata": {"kind": "compute#metadata", "fingerprint": "kuvQl9_ny_M="},
        "selfLink": format!("https://www.googleapis.com/compute/v1/projects/{id}"),
        "defaultServiceAccount": format!("{}-compute@developer.gserviceaccount.com", number(id)),
        "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS",
        "defaultNetworkTier": "PREMIUM",
        "description": project.title
    }))
}

fn zone(project: &str, name: &str) -> Value {
    json!({
        "kind": "compute#zone",
        "id": (numeric(&[name]) % 10_000).to_string(),
        "creationTimestamp": CREATED,
        "name": name,
        "description": name,
        "status": "UP",
        "region": link(project, &format!("regions/{}", region(name))),
        "selfLink": link(project, &format!("zones/{name}")),
        "availableCpuPlatforms": ["Intel Broadwell", "Intel Ice Lake"],
        "supportsPzs": false
    })
}

/// The zones of a project.
pub(crate) fn zones(world: &World, project: &str) -> Result<Vec<Row>, ApiError> {
    let all = &world.projects.get(project).ok_or_else(|| ApiError::not_found(&format!("projects/{project}")))?.zones;
    Ok(all.keys().map(|name| (name.clone(), zone(project, name))).collect())
}

/// The regions of a project.
pub(crate) fn regions(world: &World, project: &str) -> Result<Vec<Row>, ApiError> {
    let all = &world.projects.get(project).ok_or_else(|| ApiError::not_found(&format!("projects/{project}")))?.zones;
    let mut names: Vec<&str> = all.keys().map(|zone| region(zone)).collect();
    names.dedup();
    let one = |name: &str| {
        let zones: Vec<String> = all
            .keys()
            .filter(|zone| region(zone) == name)
            .map(|zone| link(project, &format!("zones/{zone}")))
            .collect();
        json!({
            "kind": "compute#region",
            "id": (numeric(&[name]) % 10_000).to_string(),
            "creationTimestamp": CREATED,
            "name": name,
            "description": name,
            "status": "UP",
            "zones": zones,
            "selfLink": link(project, &format!("regions/{name}")),
            "supportsPzs": false
        })
    };
    Ok(names.into_iter().map(|name| (name.to_owned(), one(name))).collect())
}

/// The machine types of a zone.
pub(crate) fn machine_types(world: &World, project: &str, zone: &str) -> Result<Vec<Row>, ApiError> {
    world.zone(project, zone)?;
    let one = |(name, cpus, memory): (&str, u32, u32)| {
        let document = json!({
            "kind": "compute#machineType",
            "id": (numeric(&[name]) % 1_000_000).to_string(),
            "creationTimestamp": CREATED,
            "name": name,
            "description": format!("{cpus} vCPUs, {} GB RAM", memory / 1024),
            "guestCpus": cpus,
            "memoryMb": memory,
            "imageSpaceGb": 0,
            "maximumPersistentDisks": 128,
            "maximumPersistentDisksSizeGb": "263168",
            "zone": zone,
            "selfLink": zonal(project, zone, "machineTypes", name),
            "isSharedCpu": name.starts_with("e2-m") || name == "e2-small",
            "architecture": "X86_64"
        });
        (name.to_owned(), document)
    };
    Ok(MACHINE_TYPES.into_iter().map(one).collect())
}

/// The reserved addresses of a region.
pub(crate) fn addresses(world: &World, project: &str, region: &str) -> Vec<Row> {
    let reserved = world.projects.get(project).and_then(|one| one.addresses.get(region));
    let one = |(address, name): (&String, &String)| {
        let document = json!({
            "kind": "compute#address",
            "id": numeric(&[project, region, name]).to_string(),
            "creationTimestamp": "2025-10-01T01:15:42.123-07:00",
            "name": name,
            "description": "",
            "address": address,
            "status": "IN_USE",
            "region": link(project, &format!("regions/{region}")),
            "selfLink": link(project, &format!("regions/{region}/addresses/{name}")),
            "networkTier": "PREMIUM",
            "labelFingerprint": "42WmSpB8rSM=",
            "addressType": "EXTERNAL"
        });
        (name.clone(), document)
    };
    reserved.into_iter().flatten().map(one).collect()
}

/// A project as Cloud Resource Manager shows it.
pub(crate) fn managed(id: &str, title: &str) -> Value {
    json!({
        "name": format!("projects/{}", number(id)),
        "parent": "organizations/102030405060",
        "projectId": id,
        "state": "ACTIVE",
        "displayName": title,
        "createTime": "2024-02-01T12:20:00.000Z",
        "updateTime": "2024-02-01T12:20:00.000Z",
        "etag": "W/\"5c0a3e1f8b7d2a46\""
    })
}

/// The projects that the principal sees.
pub(crate) fn managed_projects(world: &World, who: &Principal) -> Vec<Row> {
    let seen = world.projects.iter().filter(|(id, _)| who.sees(id));
    seen.map(|(id, project)| (id.clone(), managed(id, &project.title))).collect()
}

/// The project of a call to Cloud Resource Manager, by its identifier or number.
pub(crate) fn named<'a>(world: &'a World, call: &Call, who: &Principal) -> Result<(&'a str, &'a str), ApiError> {
    let wanted = call.project();
    let found = world.projects.iter().find(|(id, _)| (*id == wanted || number(id) == wanted) && who.sees(id));
    let missing = || {
        let words = format!("The caller does not have permission to access '{wanted}', or it does not exist");
        ApiError::new(403, "forbidden", &words)
    };
    found.map(|(id, project)| (id.as_str(), project.title.as_str())).ok_or_else(missing)
}
