//! Pages of instances: their rows, their documents, their warnings, the token of the next page.
//!
//! Anything that is not what Google promises is malformed: an error page that came with a 200 must
//! never pass for an empty zone.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use bytes::Bytes;
use nepho_core::{Document, DocumentFormat, ProviderError, Realm, provider::ListedResource};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::instances::{Instance, METADATA, is_id, last};
use crate::{
    convert::{self, Place},
    error::{GcpError, clipped},
};

/// What Google writes instead of rows where a page has none of a scope; no fault.
const NO_RESULTS: &str = "NO_RESULTS_ON_PAGE";

/// A page of one zone's instances.
#[derive(Debug)]
pub(crate) struct Page {
    /// The instances, in Google's order.
    pub rows: Vec<ListedResource>,
    /// Where the listing goes on; `None` at its end.
    pub next: Option<String>,
    /// Why the page is not whole.
    pub warning: Option<Warning>,
}

/// A page of the instances of all zones.
#[derive(Debug)]
pub(crate) struct AllPage {
    /// What each zone's part says, by the zone's name.
    pub zones: BTreeMap<String, Result<Vec<ListedResource>, ProviderError>>,
    /// Where the listing goes on; `None` at its end.
    pub next: Option<String>,
    /// Why the page as a whole is not whole, where no zone is named.
    pub warning: Option<Warning>,
}

/// Google's word for what a list lacks.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Warning {
    code: String,
    message: String,
}

impl Warning {
    /// The warning, unless it only says that there is nothing.
    pub fn fault(self) -> Option<Self> {
        (self.code != NO_RESULTS).then_some(self)
    }
}

impl From<Warning> for ProviderError {
    /// The zone was not listed; asking again may help.
    fn from(warning: Warning) -> Self {
        Self::Unavailable { message: warning.to_string() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.message.is_empty() { self.code.clone() } else { format!("{}: {}", self.code, self.message) };
        f.write_str(&clipped(&text))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
    #[serde(default)]
    warning: Option<Warning>,
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
pub(crate) fn page(operation: &str, body: &Bytes, place: &Place) -> Result<Page, GcpError> {
    let list: List<'_> = read(operation, body)?;
    promised(operation, &list.kind, "compute#instanceList")?;
    let rows = list.items.into_iter().map(|item| row(operation, body, item, place)).collect::<Result<_, _>>()?;
    Ok(Page { rows, next: token(list.next_page_token), warning: list.warning.and_then(Warning::fault) })
}

/// Reads a page of all zones. What is wrong with one zone's part is that zone's alone.
pub(crate) fn all_page(operation: &str, body: &Bytes, realm: &Realm) -> Result<AllPage, GcpError> {
    let list: AggregatedList<'_> = read(operation, body)?;
    promised(operation, &list.kind, "compute#instanceAggregatedList")?;
    let mut zones = BTreeMap::new();
    for (scope, part) in list.items {
        let Some(zone) = scope.strip_prefix("zones/") else { continue };
        let place = Place::new(realm, zone);
        let said = match part.warning.and_then(Warning::fault) {
            Some(warning) => Err(warning.into()),
            None => part
                .instances
                .into_iter()
                .map(|item| row(operation, body, item, &place).map_err(ProviderError::from))
                .collect(),
        };
        zones.insert(zone.to_owned(), said);
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
    // The warning is about the zones that are named, where some are.
    let warning = warning.filter(|_| !named);
    Ok(AllPage { zones, next: token(list.next_page_token), warning })
}

/// Reads one instance, and hands it to `also` before its metadata are forgotten.
pub(crate) fn instance<T>(
    operation: &str,
    body: &Bytes,
    place: &Place,
    also: impl FnOnce(&Instance<'_>) -> T,
) -> Result<(ListedResource, T), GcpError> {
    let it: Instance<'_> = read(operation, body)?;
    let also = also(&it);
    Ok((listed(operation, it, body.clone(), place)?, also))
}

/// `body` without its metadata, which hold scripts and secrets; every other member byte for byte.
pub(crate) fn without_metadata(operation: &str, body: &Bytes) -> Result<Bytes, GcpError> {
    edited(operation, body, |_| None)
}

/// `body` with the values of its metadata withheld: start-up scripts and passwords have no place in a
/// document that is stored. Which keys there are, and how long each value is, stays.
pub(crate) fn with_values_withheld(operation: &str, body: &Bytes) -> Result<Bytes, GcpError> {
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

/// `body` with other metadata, or with none; every other member byte for byte.
fn edited(operation: &str, body: &Bytes, metadata: impl Fn(&RawValue) -> Option<String>) -> Result<Bytes, GcpError> {
    let Members(members) = read(operation, body)?;
    let mut kept = String::with_capacity(body.len());
    for (name, value) in members {
        let value = if name == METADATA { metadata(value).map(Cow::Owned) } else { Some(Cow::Borrowed(value.get())) };
        let Some(value) = value else { continue };
        kept.push(if kept.is_empty() { '{' } else { ',' });
        // Names of members are plain words.
        kept.extend(["\"", &name, "\":", &value]);
    }
    kept.push_str(if kept.is_empty() { "{}" } else { "}" });
    Ok(Bytes::from(kept))
}

/// Parses a reply.
pub(crate) fn read<'a, T: Deserialize<'a>>(operation: &str, body: &'a Bytes) -> Result<T, GcpError> {
    serde_json::from_slice(body).map_err(|error| GcpError::unreadable(operation, &error))
}

/// Whether the reply is of the promised kind.
pub(crate) fn promised(operation: &str, kind: &str, promised: &str) -> Result<(), GcpError> {
    if kind == promised {
        return Ok(());
    }
    let kind: String = kind.chars().take(60).collect();
    Err(GcpError::Malformed { reason: format!("{operation}: the reply is a {kind:?}, not a {promised:?}") })
}

/// The token of the next page; an empty one is none.
pub(crate) fn token(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

/// The zone that a scope's address names, whatever stands before it.
pub(crate) fn zone_of(scope: &str) -> Option<&str> {
    let (before, zone) = scope.rsplit_once('/')?;
    (last(before) == "zones" && !zone.is_empty()).then_some(zone)
}

fn row(operation: &str, body: &Bytes, item: &RawValue, place: &Place) -> Result<ListedResource, GcpError> {
    let text = item.get();
    let it: Instance<'_> = serde_json::from_str(text).map_err(|error| GcpError::unreadable(operation, &error))?;
    listed(operation, it, body.slice_ref(text.as_bytes()), place)
}

fn listed(operation: &str, it: Instance<'_>, bytes: Bytes, place: &Place) -> Result<ListedResource, GcpError> {
    let malformed = |what: String| Err(GcpError::Malformed { reason: format!("{operation}: {what}") });
    if !is_id(&it.id) {
        return malformed("an instance without a numeric id".to_owned());
    }
    if last(&it.zone) != place.zone() {
        return malformed(format!("instance {} is of another zone than {}", it.id, place.zone()));
    }
    let document = Document { format: DocumentFormat::Json, bytes };
    Ok(ListedResource { resource: convert::resource(it, place), document })
}

/// An object's members in the order sent.
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
