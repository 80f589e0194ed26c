//! Replies with instances: rows, documents, warnings, and the token of the next page.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use bytes::Bytes;
use nepho_core::{Document, DocumentFormat, ProviderError, Realm, provider::ListedResource};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::{
    instances::{Instance, METADATA, is_id, last},
    json,
    pages::{Page, Warning, token},
    scopes::zone_of,
};
use crate::{
    convert::{self, Place},
    error::GcpError,
};

/// Page of one zone's instances.
#[derive(Debug)]
pub(super) struct ZonePage {
    /// The instances, in Google's order.
    pub rows: Vec<ListedResource>,
    /// The token of the next page; `None` on the last page.
    pub next: Option<String>,
    /// Google's warning that the page is incomplete.
    pub warning: Option<Warning>,
}

/// Page of the instances of all zones.
#[derive(Debug)]
pub(super) struct AggregatedPage {
    /// The rows or the error of each zone, by the zone's name.
    pub zones: BTreeMap<String, Result<Vec<ListedResource>, ProviderError>>,
    /// The token of the next page; `None` on the last page.
    pub next: Option<String>,
    /// Google's warning that the page is incomplete, if it names no zone.
    pub warning: Option<Warning>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregatedList<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(borrow, default)]
    items: BTreeMap<Cow<'a, str>, Scoped<'a>>,
    #[serde(default)]
    unreachables: Vec<String>,
    #[serde(default)]
    warning: Option<Warning>,
}

#[derive(Deserialize)]
struct Scoped<'a> {
    #[serde(borrow, default)]
    instances: Vec<&'a RawValue>,
    #[serde(default)]
    warning: Option<Warning>,
}

/// Reads a page of a zone.
pub(super) fn page(operation: &str, body: &Bytes, place: &Place) -> Result<ZonePage, GcpError> {
    let mut page = Page::<&RawValue>::read(operation, body, "compute#instanceList")?;
    let (warning, next) = (page.take_fault(), page.take_next());
    let rows = page.items.into_iter().map(|item| row(operation, body, item, place)).collect::<Result<_, _>>()?;
    Ok(ZonePage { rows, next, warning })
}

/// Reads a page of all zones. A fault in one zone's part does not affect the others.
pub(super) fn aggregated_page(operation: &str, body: &Bytes, realm: &Realm) -> Result<AggregatedPage, GcpError> {
    let list: AggregatedList<'_> = json::read(operation, body)?;
    json::expect_kind(operation, &list.kind, "compute#instanceAggregatedList")?;
    let mut zones = BTreeMap::new();
    for (scope, part) in list.items {
        let Some(zone) = scope.strip_prefix("zones/") else { continue };
        let place = Place::new(realm, zone);
        let rows = match part.warning.and_then(Warning::fault) {
            Some(warning) => Err(warning.into()),
            None => part
                .instances
                .into_iter()
                .map(|item| row(operation, body, item, &place).map_err(ProviderError::from))
                .collect(),
        };
        zones.insert(zone.to_owned(), rows);
    }
    let warning = list.warning.and_then(Warning::fault);
    let mut named = false;
    for scope in &list.unreachables {
        let Some(zone) = zone_of(scope) else { continue };
        named = true;
        let part = zones.entry(zone.to_owned()).or_insert_with(|| Ok(Vec::new()));
        if part.is_ok() {
            let unexplained = || Warning { code: "UNREACHABLE".to_owned(), message: scope.clone() };
            *part = Err(warning.clone().unwrap_or_else(unexplained).into());
        }
    }
    // A warning with named zones is about those zones.
    let warning = warning.filter(|_| !named);
    Ok(AggregatedPage { zones, next: token(list.next_page_token), warning })
}

/// Reads one instance, and passes it to `also` before its metadata are dropped.
pub(super) fn instance<T>(
    operation: &str,
    body: &Bytes,
    place: &Place,
    also: impl FnOnce(&Instance<'_>) -> T,
) -> Result<(ListedResource, T), GcpError> {
    let instance: Instance<'_> = json::read(operation, body)?;
    let also = also(&instance);
    Ok((listed(operation, instance, body.clone(), place)?, also))
}

/// Removes the metadata, which hold scripts and secrets, from `body`; other members stay byte for byte.
pub(super) fn without_metadata(operation: &str, body: &Bytes) -> Result<Bytes, GcpError> {
    edited(operation, body, |_| None)
}

/// Replaces the values of the metadata in `body`: a stored document must not hold startup scripts and
/// passwords. The keys, and the length of each value, stay.
pub(super) fn with_values_withheld(operation: &str, body: &Bytes) -> Result<Bytes, GcpError> {
    edited(operation, body, |metadata| Some(withheld(metadata)))
}

fn withheld(metadata: &RawValue) -> String {
    let mut metadata: Value = serde_json::from_str(metadata.get()).unwrap_or_default();
    let items = metadata.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten();
    for value in items.filter_map(|item| item.get_mut("value")) {
        let length = value.as_str().map_or(0, str::len);
        *value = format!("(withheld by Nephoscope: it may be secret; {length} bytes)").into();
    }
    metadata.to_string()
}

/// Replaces or removes the metadata in `body`; other members stay byte for byte.
fn edited(operation: &str, body: &Bytes, metadata: impl Fn(&RawValue) -> Option<String>) -> Result<Bytes, GcpError> {
    let Members(members) = json::read(operation, body)?;
    let mut kept = String::with_capacity(body.len());
    for (name, value) in members {
        let value = if name == METADATA { metadata(value).map(Cow::Owned) } else { Some(Cow::Borrowed(value.get())) };
        let Some(value) = value else { continue };
        kept.push(if kept.is_empty() { '{' } else { ',' });
        // Names of members need no escaping.
        kept.extend(["\"", &name, "\":", &value]);
    }
    kept.push_str(if kept.is_empty() { "{}" } else { "}" });
    Ok(Bytes::from(kept))
}

fn row(operation: &str, body: &Bytes, item: &RawValue, place: &Place) -> Result<ListedResource, GcpError> {
    let text = item.get();
    let instance = serde_json::from_str(text).map_err(|error| GcpError::unreadable(operation, &error))?;
    listed(operation, instance, body.slice_ref(text.as_bytes()), place)
}

fn listed(operation: &str, instance: Instance<'_>, bytes: Bytes, place: &Place) -> Result<ListedResource, GcpError> {
    if !is_id(&instance.id) {
        return Err(GcpError::malformed(format!("{operation}: an instance has no numeric id")));
    }
    if last(&instance.zone) != place.zone() {
        let (id, zone) = (&instance.id, place.zone());
        return Err(GcpError::malformed(format!("{operation}: instance {id} is in another zone than {zone}")));
    }
    let document = Document { format: DocumentFormat::Json, bytes };
    Ok(ListedResource { resource: convert::resource(instance, place), document })
}

/// Members of an object, in the order of the reply.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests;
