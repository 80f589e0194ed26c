//! The table of texts that the window and `nepho` share: `ui/messages/en.json`.
//!
//! A message is a text with `{parameters}`, or several forms of one that a number's plural or a word
//! chooses between. Not here: other languages, which only the window has.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::Deserialize;

/// Parameters of a message, by name.
pub type Parameters<'a> = &'a [(&'a str, &'a str)];

/// A message of the table.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Message {
    Text(String),
    Forms(Vec<Forms>),
}

/// The forms of a message, by the values of its selectors.
#[derive(Debug, Deserialize)]
struct Forms {
    selectors: Vec<String>,
    #[serde(rename = "match")]
    texts: BTreeMap<String, String>,
}

/// Empty if the table cannot be parsed, which a test rules out.
static TABLE: LazyLock<HashMap<String, Message>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../ui/messages/en.json")).unwrap_or_default());

/// Returns the text of the message `key`, or `key` itself where the table has none.
pub fn text(key: &str, parameters: Parameters<'_>) -> String {
    TABLE
        .get(key)
        .and_then(|message| message.form(parameters))
        .map_or_else(|| key.to_owned(), |form| filled(form, parameters))
}

impl Message {
    fn form(&self, parameters: Parameters<'_>) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Forms(forms) => forms.iter().find_map(|forms| forms.choose(parameters)),
        }
    }
}

impl Forms {
    fn choose(&self, parameters: Parameters<'_>) -> Option<&str> {
        let chosen: Vec<String> =
            self.selectors.iter().map(|name| format!("{name}={}", value(name, parameters))).collect();
        self.texts.get(&chosen.join(", ")).map(String::as_str)
    }
}

/// The value of a selector: a parameter, or for `xPlural` the English plural of the parameter `x`.
fn value<'a>(selector: &str, parameters: Parameters<'a>) -> &'a str {
    let of = |name: &str| parameters.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    match selector.strip_suffix("Plural") {
        Some(number) if of(number) == "1" => "one",
        Some(_) => "other",
        None => of(selector),
    }
}

/// Puts the parameters in. A brace in a value stays a brace.
fn filled(form: &str, parameters: Parameters<'_>) -> String {
    let mut text = String::with_capacity(form.len());
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        text.push_str(before);
        text.push_str(parameters.iter().find(|(known, _)| *known == name).map_or(name, |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
pub fn has(key: &str) -> bool {
    TABLE.contains_key(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_parsed() {
        assert!(TABLE.len() > 300, "{} messages", TABLE.len());
    }

    #[test]
    fn parameters_are_filled_in_once() {
        assert_eq!(filled("{a}-{b}-{c}", &[("a", "{b}"), ("b", "x")]), "{b}-x-c");
        assert_eq!(filled("a } b { c", &[]), "a } b { c");
        assert_eq!(text("no_such_message", &[]), "no_such_message");
    }

    #[test]
    fn plural_chooses_the_form() {
        assert!(text("commit_changed", &[("count", "1")]).starts_with("1 target changed"));
        assert!(text("commit_changed", &[("count", "2")]).starts_with("2 targets changed"));
    }
}
