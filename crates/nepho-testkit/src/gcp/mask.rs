//! The `fields` parameter: a partial response.
//!
//! `a,b/c,d(e,f/g),h/*` as in <https://cloud.google.com/compute/docs/api/how-tos/performance>. In a
//! list, the mask applies to each item. A field that the reply's schema does not have is an error,
//! as with Google.

use serde_json::{Map, Value};

use super::discovery::Document;

/// The members to keep; without members, everything below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mask(Vec<(String, Mask)>);

impl Mask {
    /// Reads a selector.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut left = text;
        let mask = Self::list(&mut left, 0)?;
        if left.is_empty() { Ok(mask) } else { Err(invalid(text)) }
    }

    fn list(left: &mut &str, depth: usize) -> Result<Self, String> {
        let mut mask = Self::default();
        if depth > 30 {
            return Err(invalid(left));
        }
        loop {
            let (path, below) = Self::one(left, depth)?;
            mask.add(&path, below);
            match left.strip_prefix(',') {
                Some(rest) => *left = rest,
                None => return Ok(mask),
            }
        }
    }

    fn one(left: &mut &str, depth: usize) -> Result<(Vec<String>, Self), String> {
        let end = left.find([',', '(', ')']).unwrap_or(left.len());
        let (path, rest) = left.split_at(end);
        let is_name = |name: &str| {
            name == "*" || !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
        };
        let path: Vec<String> = path.split('/').map(|name| name.trim().to_owned()).collect();
        if let Some(bad) = path.iter().find(|name| !is_name(name)) {
            return Err(invalid(bad));
        }
        *left = rest;
        let Some(inside) = left.strip_prefix('(') else { return Ok((path, Self::default())) };
        *left = inside;
        let below = Self::list(left, depth + 1)?;
        *left = left.strip_prefix(')').ok_or_else(|| invalid(left))?;
        Ok((path, below))
    }

    fn add(&mut self, path: &[String], below: Self) {
        let Some((first, rest)) = path.split_first() else {
            if self.0.is_empty() || below.0.is_empty() {
                *self = below;
            } else {
                below.0.into_iter().for_each(|(name, mask)| self.add(&[name], mask));
            }
            return;
        };
        if let Some((_, known)) = self.0.iter_mut().find(|(name, _)| name == first) {
            // The member is already kept with everything below.
            if !known.0.is_empty() {
                known.add(rest, below);
            }
            return;
        }
        let mut mask = Self::default();
        mask.add(rest, below);
        self.0.push((first.clone(), mask));
    }

    /// Returns the part of `value` that the mask keeps.
    pub(crate) fn apply(&self, value: &Value) -> Value {
        if self.0.is_empty() {
            return value.clone();
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.apply(item)).collect(),
            Value::Object(members) => {
                let kept = members.iter().filter_map(|(name, value)| {
                    let (_, mask) = self.0.iter().find(|(wanted, _)| wanted == name || wanted == "*")?;
                    let inner = mask.apply(value);
                    // Leaves out an object without any requested member.
                    let nothing = !mask.0.is_empty() && inner.as_object().is_some_and(Map::is_empty);
                    (!nothing).then(|| (name.clone(), inner))
                });
                Value::Object(kept.collect())
            }
            _ => value.clone(),
        }
    }

    /// Returns the first field that a reply of this schema cannot have.
    pub(crate) fn unknown(&self, document: &Document, schema: &str) -> Option<String> {
        self.unknown_in(document, document.schemas.get(schema)?)
    }

    fn unknown_in(&self, document: &Document, schema: &Value) -> Option<String> {
        if let Some(name) = schema["$ref"].as_str() {
            return self.unknown(document, name);
        }
        if let Some(items) = schema.get("items") {
            return self.unknown_in(document, items);
        }
        self.0.iter().find_map(|(name, mask)| {
            let properties = schema["properties"].as_object();
            let any = schema.get("additionalProperties");
            if name == "*" {
                let below = properties.into_iter().flat_map(Map::values).chain(any);
                // A field is unknown if it matches none of the members.
                let mut below = below.map(|one| mask.unknown_in(document, one));
                return below.try_fold(Some(name.clone()), |_, one| one.map(Some)).flatten();
            }
            match properties.and_then(|all| all.get(name)).or(any) {
                Some(below) => mask.unknown_in(document, below),
                None => Some(name.clone()),
            }
        })
    }
}

fn invalid(what: &str) -> String {
    format!("Invalid field selection {what}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::discovery::Documents, *};

    #[test]
    fn a_mask_keeps_what_it_names() {
        let whole = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [{"f": 4, "g": 5}, {"g": 6}], "h": {"x": {"i": 7}, "y": {"j": 8}}});
        for (fields, kept) in [
            ("a", json!({"a": 1})),
            ("a,b/c", json!({"a": 1, "b": {"c": 2}})),
            ("b(c,d)", json!({"b": {"c": 2, "d": 3}})),
            ("b/c,b/d", json!({"b": {"c": 2, "d": 3}})),
            ("e/f", json!({"e": [{"f": 4}, {}]})),
            ("e(g)", json!({"e": [{"g": 5}, {"g": 6}]})),
            ("h/*/i", json!({"h": {"x": {"i": 7}}})),
            ("*", whole.clone()),
            ("b,b/c", json!({"b": {"c": 2, "d": 3}})),
            ("b/c,b", json!({"b": {"c": 2, "d": 3}})),
            ("z", json!({})),
        ] {
            assert_eq!(Mask::parse(fields).expect(fields).apply(&whole), kept, "{fields}");
        }
    }

    #[test]
    fn invalid_selectors_are_refused() {
        for fields in ["", "a,", "a(b", "a)b", "a//b", "a b", "(a)"] {
            assert!(Mask::parse(fields).is_err(), "{fields:?}");
        }
    }

    #[test]
    fn a_field_that_the_schema_has_not_is_found() {
        let documents = Documents::get().expect("the documents");
        let unknown =
            |fields: &str, schema: &str| Mask::parse(fields).expect(fields).unknown(&documents.all[0], schema);
        let good = "nextPageToken,items(id,name,labels,networkInterfaces(networkIP,accessConfigs/natIP))";
        assert_eq!(unknown(good, "InstanceList"), None);
        assert_eq!(unknown("items/*/instances(id,zone)", "InstanceAggregatedList"), None);
        assert_eq!(unknown("items/nmae", "InstanceList").as_deref(), Some("nmae"));
        assert_eq!(unknown("items/*/instances/nmae", "InstanceAggregatedList").as_deref(), Some("nmae"));
        assert_eq!(unknown("items/labels/anything", "InstanceList"), None);
    }
}
