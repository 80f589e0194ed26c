//! Pages as Compute Engine writes them.

use serde_json::{Map, Value, json};

use super::{
    PROJECT,
    asked::{Asked, Subject, invalid},
};
use crate::{
    gcp::{links::link, mask::Mask},
    loopback::Reply,
};

/// All zones with their instances.
pub(crate) type Zones = [(&'static str, Vec<Value>)];

/// Returns the answer to `asked`, and true for the last page; `None` for a subject that does not
/// exist.
pub(crate) fn render(asked: &Asked, zones: &Zones) -> Option<(Reply, bool)> {
    let mut next = asked.clone();
    next.offset += asked.size;
    let (value, rows, total) = match &asked.subject {
        Subject::Project => (project(), 0, 0),
        Subject::Zones => {
            let all: Vec<Value> = zones.iter().map(|(name, _)| zone(name)).collect();
            (list("zone", "zones", page(&all, asked)), 0, all.len())
        }
        Subject::Zone(name) => {
            let (_, rows) = zones.iter().find(|(zone, _)| zone == name)?;
            let shown = page(rows, asked);
            let count = shown.len();
            (list("instance", &format!("zones/{name}/instances"), shown), count, rows.len())
        }
        Subject::Aggregated => {
            let (items, rows) = aggregated(asked, zones);
            let total = zones.iter().map(|(_, rows)| rows.len()).sum();
            (list("instanceAggregated", "aggregated/instances", items), rows, total)
        }
    };
    let last = next.offset >= total;
    let mut value = value;
    if !last {
        value["nextPageToken"] = json!(next.token());
    }
    Some((written(asked, &value, rows), last))
}

fn written(asked: &Asked, value: &Value, rows: usize) -> Reply {
    let masked = match asked.fields.as_str() {
        "" => value.clone(),
        fields => match Mask::parse(fields) {
            Ok(mask) => mask.apply(value),
            Err(message) => return invalid(&message),
        },
    };
    let text = if asked.pretty { format!("{masked:#}\n") } else { masked.to_string() };
    Reply { rows, ..Reply::new(200, "application/json; charset=UTF-8", text) }
}

/// Without rows there is no `items`: Google leaves out empty members.
fn list(kind: &str, path: &str, items: impl Into<Value>) -> Value {
    let mut list = json!({
        "kind": format!("compute#{kind}List"),
        "id": format!("projects/{PROJECT}/{path}"),
        "selfLink": link(PROJECT, path)
    });
    let items = items.into();
    if items != json!([]) {
        list["items"] = items;
    }
    list
}

fn page(rows: &[Value], asked: &Asked) -> Vec<Value> {
    rows.iter().skip(asked.offset).take(asked.size).cloned().collect()
}

/// Returns one page over all zones in order. It contains each zone, with rows or with a warning
/// instead.
fn aggregated(asked: &Asked, zones: &Zones) -> (Value, usize) {
    let mut rows = zones.iter().flat_map(|(zone, rows)| rows.iter().map(move |row| (*zone, row)));
    let rows: Vec<(&str, &Value)> = rows.by_ref().skip(asked.offset).take(asked.size).collect();
    let item = |(zone, _): &(&str, Vec<Value>)| {
        let scope = format!("zones/{zone}");
        let here: Vec<&Value> = rows.iter().filter(|(place, _)| place == zone).map(|(_, row)| *row).collect();
        let item = if here.is_empty() {
            let message = format!("There are no results for scope '{scope}' on this page.");
            json!({"warning": {"code": "NO_RESULTS_ON_PAGE", "message": message, "data": [{"key": "scope", "value": scope}]}})
        } else {
            json!({"instances": here})
        };
        (scope, item)
    };
    let items: Map<String, Value> = zones.iter().map(item).collect();
    (items.into(), rows.len())
}

fn project() -> Value {
    json!({
        "kind": "compute#project",
        "id": "481516234200",
        "creationTimestamp": "2021-02-03T04:05:06.789-08:00",
        "name": PROJECT,
        "selfLink": format!("https://www.googleapis.com/compute/v1/projects/{PROJECT}"),
        "defaultNetworkTier": "PREMIUM",
        "vmDnsSetting": "ZONAL_ONLY"
    })
}

fn zone(name: &str) -> Value {
    let region = name.rsplit_once('-').map_or(name, |(region, _)| region);
    let id = 2000 + name.bytes().fold(0_u32, |sum, byte| sum * 7 % 1000 + u32::from(byte));
    json!({
        "kind": "compute#zone",
        "id": id.to_string(),
        "creationTimestamp": "1969-12-31T16:00:00.000-08:00",
        "name": name,
        "description": name,
        "status": "UP",
        "region": link(PROJECT, &format!("regions/{region}")),
        "selfLink": link(PROJECT, &format!("zones/{name}")),
        "availableCpuPlatforms": ["Intel Broadwell", "Intel Cascade Lake", "AMD Milan"],
        "supportsPzs": false
    })
}
