//! Conversion of a document into JSON, with every member.
//!
//! It uses no model: names are EC2's element names, lists are where EC2 sends `<item>`s, and every
//! value is the text that EC2 sent (a tag's value `true` stays a string).

use nepho_core::{Document, DocumentFormat, descriptor::DocumentError};
use serde_json::{Map, Value};

use crate::xml::{Cursor, ReplyError};

/// The deepest nesting that is converted; EC2's is 6.
const DEEPEST: usize = 64;

/// The name of the member with the reservation's own members.
const RESERVATION: &str = "reservation";

/// The document as pretty-printed JSON.
pub(crate) fn json(document: &Document) -> Result<String, DocumentError> {
    let value = match document.format {
        DocumentFormat::Ec2Xml => instance(&document.bytes).map_err(|error| unreadable(&error))?,
        DocumentFormat::Json => serde_json::from_slice(&document.bytes).map_err(|error| unreadable(&error))?,
    };
    serde_json::to_string_pretty(&value).map_err(|error| unreadable(&error))
}

/// Returns `true` if the instance is configured for hibernation; `None` if the document does not
/// say.
pub(crate) fn hibernates(document: &Document) -> Option<bool> {
    let members = instance(&document.bytes).ok()?;
    let configured = members.get("hibernationOptions")?.get("configured")?.as_str()?;
    Some(configured == "true")
}

fn unreadable(error: &dyn std::error::Error) -> DocumentError {
    DocumentError { reason: error.to_string() }
}

/// The instance's members, and those of its reservation under [`RESERVATION`].
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

/// True if an empty element of this name is an empty list rather than an empty text.
fn is_list(name: &str) -> bool {
    name.ends_with("Set") || matches!(name, "blockDeviceMapping" | "productCodes")
}

/// Adds a member. A member that comes twice becomes a list, so that no value is lost.
fn add(members: &mut Map<String, Value>, name: &str, value: Value) {
    match members.get_mut(name) {
        None => {
            members.insert(name.to_owned(), value);
        }
        Some(Value::Array(several)) => several.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use nepho_core::{Realm, Region};

    use super::*;
    use crate::api::reply;

    const REPLY: &str = include_str!("../tests/fixtures/every_member.xml");
    const MEMBERS: &str = include_str!("../tests/fixtures/every_member.txt");

    /// The number of values that are neither objects nor lists.
    fn leaves(value: &Value) -> usize {
        match value {
            Value::Object(members) => members.values().map(leaves).sum(),
            Value::Array(items) => items.iter().map(leaves).sum(),
            _ => 1,
        }
    }

    #[test]
    fn every_member_of_the_model_is_in_the_json() {
        let page = reply::page(&Bytes::from_static(REPLY.as_bytes()), &Realm::new("1"), &Region::new("r"));
        let document = page.expect("a page").instances.remove(0).document;
        let shown: Value = serde_json::from_str(&json(&document).expect("JSON")).expect("JSON");
        for line in MEMBERS.lines() {
            let (path, value) = line.split_once('\t').expect("a path and a value");
            assert_eq!(shown.pointer(path).and_then(Value::as_str), Some(value), "{path}");
        }
        assert_eq!(leaves(&shown), MEMBERS.lines().count());
        assert!(MEMBERS.lines().count() > 250, "the model has not shrunk");
    }

    #[test]
    fn texts_stay_texts_and_no_member_is_lost() {
        let bytes = Bytes::from_static(
            b"<item><instanceId>i-1</instanceId><tagSet><item><key>a</key><value>true</value></item></tagSet>\
              <groupSet/><keyName/><x> s </x><y>1</y><y>2</y></item><reservationId>r-1</reservationId>",
        );
        let text = json(&Document { format: DocumentFormat::Ec2Xml, bytes }).expect("JSON");
        let shown: Value = serde_json::from_str(&text).expect("JSON");
        let expected = serde_json::json!({
            "instanceId": "i-1", "tagSet": [{"key": "a", "value": "true"}], "groupSet": [], "keyName": "",
            "x": " s ", "y": ["1", "2"], "reservation": {"reservationId": "r-1"},
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn unreadable_document_is_an_error() {
        for bytes in ["", "<item>", "<other/>", "words", "<item>&boom;</item>"] {
            let document = Document { format: DocumentFormat::Ec2Xml, bytes: Bytes::from_static(bytes.as_bytes()) };
            assert!(json(&document).is_err(), "{bytes}");
        }
    }
}
