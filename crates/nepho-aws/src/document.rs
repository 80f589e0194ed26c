//! A document → JSON, with every member.
//!
//! Without a model: EC2's own element names, lists where EC2 writes `<item>`s, and every value as
//! the text that was sent (a tag's value `true` is a text, and so stays one).

use nepho_core::{Document, DocumentFormat, dialect::DocumentError};
use serde_json::{Map, Value};

use crate::xml::{Cursor, ReplyError};

/// The deepest nesting that is shown; EC2's own is 6.
const DEEPEST: usize = 64;

/// The name under which the reservation's own members appear.
const RESERVATION: &str = "reservation";

/// Pretty-printed JSON.
pub(crate) fn json(document: &Document) -> Result<String, DocumentError> {
    let value = match document.format {
        DocumentFormat::Ec2Xml => instance(&document.bytes).map_err(|error| unreadable(&error))?,
        DocumentFormat::Json => serde_json::from_slice(&document.bytes).map_err(|error| unreadable(&error))?,
    };
    serde_json::to_string_pretty(&value).map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn std::error::Error) -> DocumentError {
    DocumentError { reason: error.to_string() }
}

/// The instance's members, with its reservation's beside them.
fn instance(bytes: &[u8]) -> Result<Value, ReplyError> {
    let mut cursor = Cursor::new(bytes)?;
    let mut shown = Value::Null;
    let mut reservation = Map::new();
    while let Some(name) = cursor.next_root()? {
        let value = element(&mut cursor, &name, 0)?;
        if name == "item" && shown.is_null() {
            shown = value;
        } else {
            add(&mut reservation, &name, value);
        }
    }
    let Value::Object(mut members) = shown else { return Err(ReplyError::Missing { element: "item" }) };
    if !reservation.is_empty() {
        add(&mut members, RESERVATION, Value::Object(reservation));
    }
    Ok(Value::Object(members))
}

/// Reads the current element to its end.
fn element(cursor: &mut Cursor<'_>, name: &str, depth: usize) -> Result<Value, ReplyError> {
    if depth > DEEPEST {
        return Err(ReplyError::TooDeep);
    }
    let mut members = Map::new();
    let mut items = Vec::new();
    let text = cursor.content(|cursor, name| {
        let value = element(cursor, name, depth + 1)?;
        if name == "item" {
            items.push(value);
        } else {
            add(&mut members, name, value);
        }
        Ok(())
    })?;
    Ok(if !items.is_empty() && members.is_empty() {
        Value::Array(items)
    } else if !members.is_empty() {
        if !items.is_empty() {
            add(&mut members, "item", Value::Array(items));
        }
        Value::Object(members)
    } else if text.is_empty() && is_list(name) {
        Value::Array(Vec::new())
    } else {
        Value::String(text)
    })
}

/// Whether an empty element of this name is an empty list rather than an empty text.
fn is_list(name: &str) -> bool {
    name.ends_with("Set") || matches!(name, "blockDeviceMapping" | "productCodes")
}

/// Adds a member; one that comes twice becomes a list, so that none is lost.
fn add(members: &mut Map<String, Value>, name: &str, value: Value) {
    match members.get_mut(name) {
        None => {
            members.insert(name.to_owned(), value);
        }
        Some(Value::Array(several)) => several.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}
