//! Schemas of the discovery documents as JSON Schema, and the validators made of them.
//!
//! A validator contains only the schemas that it can reach. It is made at its first use and kept
//! for the life of the process.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::discovery::{Document, Method};

/// The part of a method that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// The parameters of path and query.
    Parameters,
    /// The request's body.
    Request,
    /// The reply's body.
    Reply,
}

/// Returns the complaints about `value`; none if it conforms to the document.
pub(crate) fn complaints(
    document: &'static Document,
    method: &'static Method,
    side: Side,
    value: &Value,
) -> Vec<String> {
    match validator(document, method, side) {
        Ok(validator) => validator
            .iter_errors(value)
            .take(5)
            .map(|error| format!("{error} at {:?}", error.instance_path().to_string()))
            .collect(),
        Err(error) => vec![error],
    }
}

type Made = Mutex<HashMap<String, Arc<Validator>>>;

fn validator(document: &'static Document, method: &'static Method, side: Side) -> Result<Arc<Validator>, String> {
    static MADE: OnceLock<Made> = OnceLock::new();
    let name = match side {
        Side::Parameters | Side::Request => format!("{side:?} {}", method.id),
        // Many methods answer with the same schema.
        Side::Reply => {
            format!("{} {}", method.id.split('.').next().unwrap_or_default(), method.response.as_deref().unwrap_or("-"))
        }
    };
    let mut made = MADE.get_or_init(Made::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(ready) = made.get(&name) {
        return Ok(Arc::clone(ready));
    }
    let schema = match side {
        Side::Parameters => parameters(method),
        Side::Request => body(document, method.request.as_deref(), Some(&method.id)),
        Side::Reply => body(document, method.response.as_deref(), None),
    };
    let compiled = jsonschema::options().with_draft(Draft::Draft7).build(&schema);
    let compiled = Arc::new(compiled.map_err(|error| format!("the schema of {name}: {error}"))?);
    made.insert(name, Arc::clone(&compiled));
    Ok(compiled)
}

/// Returns the parameters as the members of one object.
fn parameters(method: &Method) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, parameter) in &method.parameters {
        let mut one = converted(parameter);
        if parameter["repeated"] == json!(true) {
            one = json!({"type": "array", "items": one});
        }
        properties.insert(name.clone(), one);
        if parameter["required"] == json!(true) {
            required.push(name.clone());
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// Returns the schema of a body with all schemas that it reaches. Without a schema there must be no
/// body.
fn body(document: &Document, name: Option<&str>, needed_by: Option<&str>) -> Value {
    let Some(name) = name else { return json!({"type": "null"}) };
    let mut reached = BTreeSet::new();
    reach(document, name, &mut reached);
    let mut definitions: Map<String, Value> =
        reached.into_iter().filter_map(|name| Some((name.clone(), converted(document.schemas.get(&name)?)))).collect();
    if let (Some(method), Some(top)) = (needed_by, definitions.get_mut(name)) {
        let properties = document.schemas[name]["properties"].as_object().into_iter().flatten();
        let needed = properties.filter(|(_, property)| {
            property["annotations"]["required"].as_array().is_some_and(|by| by.iter().any(|one| one == method))
        });
        top["required"] = needed.map(|(name, _)| json!(name)).collect();
    }
    json!({"$ref": format!("#/definitions/{name}"), "definitions": definitions})
}

fn reach(document: &Document, name: &str, reached: &mut BTreeSet<String>) {
    if !reached.insert(name.to_owned()) {
        return;
    }
    let mut open: Vec<&Value> = document.schemas.get(name).into_iter().collect();
    while let Some(value) = open.pop() {
        if let Some(name) = value["$ref"].as_str() {
            reach(document, name, reached);
        }
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

/// Converts a schema of the document to JSON Schema: strict where the document names the members.
fn converted(schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return json!({"$ref": format!("#/definitions/{name}")});
    }
    let kind = schema["type"].as_str().unwrap_or("any");
    let mut made = Map::new();
    if kind != "any" {
        made.insert("type".to_owned(), json!(kind));
    }
    match (kind, schema["format"].as_str()) {
        ("string", Some("int64")) => _ = made.insert("pattern".to_owned(), json!(r"^-?\d+$")),
        ("string", Some("uint64")) => _ = made.insert("pattern".to_owned(), json!(r"^\d+$")),
        ("integer", Some("int32")) => bounds(&mut made, i64::from(i32::MIN), i64::from(i32::MAX)),
        ("integer", Some("uint32")) => bounds(&mut made, 0, i64::from(u32::MAX)),
        _ => {}
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        made.insert("pattern".to_owned(), json!(format!("^(?:{pattern})$")));
    }
    if let Some(words) = schema.get("enum") {
        made.insert("enum".to_owned(), words.clone());
    }
    for bound in ["minimum", "maximum"] {
        // The documents write numbers as text.
        if let Some(number) = schema[bound].as_str().and_then(|text| text.parse::<i64>().ok()) {
            made.insert(bound.to_owned(), json!(number));
        }
    }
    if let Some(items) = schema.get("items") {
        made.insert("items".to_owned(), converted(items));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let properties: Map<String, Value> =
            properties.iter().map(|(name, property)| (name.clone(), converted(property))).collect();
        made.insert("properties".to_owned(), Value::Object(properties));
        made.insert("additionalProperties".to_owned(), json!(false));
    }
    if let Some(others) = schema.get("additionalProperties") {
        made.insert("additionalProperties".to_owned(), converted(others));
    }
    Value::Object(made)
}

fn bounds(made: &mut Map<String, Value>, least: i64, most: i64) {
    made.insert("minimum".to_owned(), json!(least));
    made.insert("maximum".to_owned(), json!(most));
}
