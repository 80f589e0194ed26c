//! The `filter` parameter, as far as Google's own clients send it.
//!
//! `labels.env = prod AND (status = RUNNING OR NOT name:web*)`, and the older `name eq PATTERN`
//! with a regular expression for the full value:
//! <https://cloud.google.com/compute/docs/reference/rest/v1/instances/list>. Any other expression
//! is 400, as with Google.

use serde_json::{Value, json};

use super::error::ApiError;

/// A condition on a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Any,
    Term { path: Vec<String>, operator: String, value: String },
    Not(Box<Filter>),
    All(Vec<Filter>),
    Either(Vec<Filter>),
}

impl Filter {
    /// Reads an expression; an empty one keeps every row.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        if text.trim().is_empty() {
            return Ok(Self::Any);
        }
        let wrong = || {
            let words = format!("Invalid value for field 'filter': '{text}'. Invalid list filter expression.");
            ApiError::invalid(&words)
        };
        let tokens = tokens(text).ok_or_else(wrong)?;
        let mut left = tokens.as_slice();
        let filter = either(&mut left, 0).ok_or_else(wrong)?;
        if left.is_empty() { Ok(filter) } else { Err(wrong()) }
    }

    /// Returns true if the filter keeps the row.
    pub(crate) fn keeps(&self, row: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Not(inner) => !inner.keeps(row),
            Self::All(all) => all.iter().all(|one| one.keeps(row)),
            Self::Either(any) => any.iter().any(|one| one.keeps(row)),
            Self::Term { path, operator, value } => {
                let found = path.iter().try_fold(row, |at, name| at.get(name));
                let text = found.map(|found| found.as_str().map_or_else(|| found.to_string(), str::to_owned));
                compare(text.as_deref(), operator, value)
            }
        }
    }
}

fn compare(text: Option<&str>, operator: &str, value: &str) -> bool {
    let is = text == Some(value);
    let ordered = || match (text.and_then(|text| text.parse::<f64>().ok()), value.parse::<f64>().ok()) {
        (Some(one), Some(other)) => one.partial_cmp(&other),
        _ => text.map(|text| text.cmp(value)),
    };
    match operator {
        "=" => is,
        "!=" => !is,
        "eq" => text.is_some_and(|text| fits(value, text)),
        "ne" => !text.is_some_and(|text| fits(value, text)),
        ":" => match (text, value.strip_suffix('*')) {
            (Some(text), Some(start)) => text.starts_with(start),
            (Some(text), None) => text.contains(value),
            (None, _) => false,
        },
        "<" => ordered().is_some_and(std::cmp::Ordering::is_lt),
        "<=" => ordered().is_some_and(std::cmp::Ordering::is_le),
        ">" => ordered().is_some_and(std::cmp::Ordering::is_gt),
        _ => ordered().is_some_and(std::cmp::Ordering::is_ge),
    }
}

/// Returns true if a regular expression matches the full text. The engine is that of the schema
/// validator.
fn fits(pattern: &str, text: &str) -> bool {
    jsonschema::is_valid(&json!({"pattern": format!("^(?:{pattern})$")}), &json!(text))
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '<' | '>' | '!' if rest[1..].starts_with('=') => 2,
            '(' | ')' | ':' | '=' | '<' | '>' => 1,
            '"' | '\'' => {
                let inside = &rest[1..];
                let end = inside.find(first)?;
                tokens.push(Token::Quoted(inside[..end].to_owned()));
                rest = inside[end + 1..].trim_start();
                continue;
            }
            _ => {
                // A pattern of the older form can contain operators, but no blank outside its
                // brackets.
                let pattern = matches!(tokens.last(), Some(Token::Word(word)) if word == "eq" || word == "ne");
                let ends = |c: char| c.is_whitespace() || (!pattern && "()=<>!:\"'".contains(c));
                let end = rest.find(ends).unwrap_or(rest.len());
                (end > 0).then_some(())?;
                tokens.push(Token::Word(rest[..end].to_owned()));
                rest = rest[end..].trim_start();
                continue;
            }
        };
        tokens.push(Token::Sign(rest[..length].to_owned()));
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(text)) if text == word)
}

fn either(left: &mut &[Token], depth: usize) -> Option<Filter> {
    let mut any = vec![all(left, depth)?];
    while is_word(left.first(), "OR") {
        *left = &left[1..];
        any.push(all(left, depth)?);
    }
    Some(if any.len() == 1 { any.remove(0) } else { Filter::Either(any) })
}

fn all(left: &mut &[Token], depth: usize) -> Option<Filter> {
    let mut all = vec![one(left, depth)?];
    loop {
        match left.first() {
            None => break,
            Some(Token::Sign(sign)) if sign == ")" => break,
            Some(Token::Word(word)) if word == "OR" => break,
            Some(Token::Word(word)) if word == "AND" => *left = &left[1..],
            // Adjacent terms are joined by AND.
            Some(_) => {}
        }
        all.push(one(left, depth)?);
    }
    Some(if all.len() == 1 { all.remove(0) } else { Filter::All(all) })
}

fn one(left: &mut &[Token], depth: usize) -> Option<Filter> {
    if depth > 20 {
        return None;
    }
    let (first, rest) = left.split_first()?;
    *left = rest;
    match first {
        Token::Sign(sign) if sign == "(" => {
            let inner = either(left, depth + 1)?;
            let (close, rest) = left.split_first()?;
            *left = rest;
            (*close == Token::Sign(")".to_owned())).then_some(inner)
        }
        Token::Word(word) if word == "NOT" => Some(Filter::Not(Box::new(one(left, depth + 1)?))),
        Token::Word(path) => {
            let [operator, value, rest @ ..] = left else { return None };
            *left = rest;
            let operator = match operator {
                Token::Sign(sign) if sign != "(" && sign != ")" => sign.clone(),
                Token::Word(word) if word == "eq" || word == "ne" => word.clone(),
                _ => return None,
            };
            let (Token::Word(value) | Token::Quoted(value)) = value else { return None };
            Some(Filter::Term { path: path.split('.').map(str::to_owned).collect(), operator, value: value.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_what_it_describes() {
        let row = json!({"id": "12", "name": "web-1", "status": "RUNNING", "labels": {"env": "prod"}, "deletionProtection": false});
        for (text, keeps) in [
            ("", true),
            ("name = web-1", true),
            ("name=\"web-2\"", false),
            ("name != web-2", true),
            ("id = 12", true),
            ("id > 9", true),
            ("name eq .*(^web-1$).*", true),
            ("name eq web", false),
            ("name ne web", true),
            ("name:web*", true),
            ("labels.env:*", true),
            ("labels.team:*", false),
            ("labels.env=prod AND status=RUNNING", true),
            ("labels.env=lab OR status=RUNNING", true),
            ("(labels.env = prod) (status = TERMINATED)", false),
            ("NOT (status = TERMINATED)", true),
            ("deletionProtection=false", true),
        ] {
            assert_eq!(Filter::parse(text).expect(text).keeps(&row), keeps, "{text}");
        }
    }

    #[test]
    fn invalid_filters_are_refused() {
        for text in ["name", "name =", "= web", "(name = web", "name = web)", "name ~ web", "AND", "name = 'web"] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
