//! Pages: their size, their order, and the token of the next page.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{check::Call, error::ApiError, filter::Filter};

/// The largest page, and the default.
const MOST: usize = 500;

/// A row and its sort key.
pub(crate) type Row = (String, Value);

/// A page of a listing.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<String>,
}

/// Returns the number of the requested page, from 0.
pub(crate) fn number(call: &Call) -> usize {
    Token::read(call).ok().flatten().map_or(0, |token| token.page)
}

/// Returns the requested page.
pub(crate) fn page(call: &Call, mut rows: Vec<Row>) -> Result<Page, ApiError> {
    let size = match call.number("maxResults").or_else(|| call.number("pageSize")) {
        Some(size) if size > MOST => {
            let words = format!("Invalid value for field 'maxResults': '{size}'. Must be less than or equal to {MOST}");
            return Err(ApiError::new(400, "invalid", &words));
        }
        None | Some(0) => MOST,
        Some(size) => size,
    };
    let filter = Filter::parse(call.text("filter"))?;
    rows.retain(|(_, row)| filter.keeps(row));
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    let newest = match call.text("orderBy") {
        "" | "name" | "name asc" => false,
        "creationTimestamp desc" => true,
        other => return Err(ApiError::invalid(&format!("Invalid value for field 'orderBy': '{other}'."))),
    };
    if newest {
        let time = |row: &Row| row.1["creationTimestamp"].as_str().unwrap_or_default().to_owned();
        rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
    }
    let token = Token::read(call)?;
    let from = match &token {
        None => 0,
        Some(token) if newest => rows.iter().position(|(key, _)| *key == token.after).map_or(0, |at| at + 1),
        Some(token) => rows.partition_point(|(key, _)| *key <= token.after),
    };
    let mut rest = rows.split_off(from);
    let more = rest.len() > size;
    rest.truncate(size);
    let next = rest
        .last()
        .filter(|_| more)
        .map(|(key, _)| Token { page: token.map_or(0, |token| token.page) + 1, after: key.clone() }.written(call));
    Ok(Page { rows: rest, next })
}

struct Token {
    page: usize,
    /// The last row of the page before.
    after: String,
}

impl Token {
    fn read(call: &Call) -> Result<Option<Self>, ApiError> {
        let text = call.text("pageToken");
        if text.is_empty() {
            return Ok(None);
        }
        let invalid = || ApiError::invalid(&format!("Invalid value for field 'pageToken': '{text}'."));
        let bytes = unhex(text).ok_or_else(invalid)?;
        let inner = String::from_utf8(bytes).map_err(|_| invalid())?;
        let mut parts = inner.splitn(3, '\n');
        let (digest, page, after) = (parts.next(), parts.next(), parts.next());
        let page = page.and_then(|page| page.parse().ok()).ok_or_else(invalid)?;
        if digest != Some(bound_to(call).as_str()) {
            return Err(invalid());
        }
        Ok(Some(Self { page, after: after.ok_or_else(invalid)?.to_owned() }))
    }

    fn written(&self, call: &Call) -> String {
        hex(format!("{}\n{}\n{}", bound_to(call), self.page, self.after).as_bytes())
    }
}

/// Returns a digest of the query that a token is valid for; page size and mask can differ.
fn bound_to(call: &Call) -> String {
    let mut bound = json!(call.parameters);
    if let Some(parameters) = bound.as_object_mut() {
        let of_query = ["project", "zone", "region", "filter", "orderBy", "query", "parent"];
        parameters.retain(|name, _| of_query.contains(&name.as_str()));
    }
    let digest = Sha256::digest(format!("{} {bound}", call.method.id));
    hex(&digest[..6])
}

fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    if text.len().is_multiple_of(2) { (0..text.len()).step_by(2).map(pair).collect() } else { None }
}
