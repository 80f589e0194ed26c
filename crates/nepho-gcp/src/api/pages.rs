//! Pages of Google's lists, and their tokens.

use std::{borrow::Cow, collections::HashSet, fmt};

use bytes::Bytes;
use nepho_core::ProviderError;
use serde::Deserialize;

use super::json;
use crate::{error::GcpError, error_text::clipped};

/// The most pages of one listing: with full pages of instances, five million of them.
const MOST_PAGES: usize = 10_000;

/// Google's code for a page, or a part of one, without results. It is no fault.
const NO_RESULTS: &str = "NO_RESULTS_ON_PAGE";

/// Page of a list whose items are `T`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<'a, T> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    next_page_token: Option<String>,
    /// The items, in Google's order.
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
    #[serde(default)]
    warning: Option<Warning>,
}

impl<'a, T: Deserialize<'a>> Page<'a, T> {
    /// Reads the reply to `operation`, which must be of `kind`.
    pub fn read(operation: &str, body: &'a Bytes, kind: &str) -> Result<Self, GcpError> {
        let page: Self = json::read(operation, body)?;
        json::expect_kind(operation, &page.kind, kind)?;
        Ok(page)
    }
}

impl<T> Page<'_, T> {
    /// Takes the warning that the page is incomplete.
    pub fn take_fault(&mut self) -> Option<Warning> {
        self.warning.take().and_then(Warning::fault)
    }

    /// Takes the token of the next page; `None` on the last page.
    pub fn take_next(&mut self) -> Option<String> {
        token(self.next_page_token.take())
    }
}

/// Google's warning that a list is incomplete.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(super) struct Warning {
    pub code: String,
    pub message: String,
}

impl Warning {
    /// The warning, unless it only says that there are no results.
    pub fn fault(self) -> Option<Self> {
        (self.code != NO_RESULTS).then_some(self)
    }
}

impl From<Warning> for ProviderError {
    /// A part was not listed; a repeat may help.
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

/// The token of the next page: an empty token is none.
pub(super) fn token(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

/// Tokens of a chain of pages. A token that comes twice would make the chain endless.
#[derive(Debug, Default)]
pub(super) struct PageTokens {
    seen: HashSet<String>,
    last: Option<String>,
}

impl PageTokens {
    /// The token of the next page; `None` before the first.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Stores the token of the next page. Returns false on the last page.
    pub fn advance(&mut self, operation: &str, next: Option<String>) -> Result<bool, GcpError> {
        if let Some(token) = &next
            && (self.seen.len() >= MOST_PAGES || !self.seen.insert(token.clone()))
        {
            return Err(GcpError::malformed(format!("{operation}: the pages of the listing do not end")));
        }
        self.last = next;
        Ok(self.last.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(next: impl Fn(usize) -> Option<String>) -> (usize, Result<bool, GcpError>) {
        let mut tokens = PageTokens::default();
        for page in 0..=2 * MOST_PAGES {
            match tokens.advance("list", next(page)) {
                Ok(true) => {}
                ended => return (page + 1, ended),
            }
        }
        panic!("no end");
    }

    fn is_malformed(ended: &Result<bool, GcpError>) -> bool {
        matches!(ended, Err(GcpError::Failed(ProviderError::Malformed { .. })))
    }

    #[test]
    fn chain_ends_with_the_page_without_a_token() {
        let (pages, ended) = walk(|page| (page < 3).then(|| page.to_string()));
        assert!(matches!((pages, ended), (4, Ok(false))));
    }

    #[test]
    fn chain_that_repeats_or_never_ends_is_malformed() {
        let (pages, ended) = walk(|page| Some((page % 3).to_string()));
        assert!(pages == 4 && is_malformed(&ended), "{pages} {ended:?}");
        let (pages, ended) = walk(|page| Some(page.to_string()));
        assert!(pages == MOST_PAGES + 1 && is_malformed(&ended), "{pages} {ended:?}");
    }

    #[test]
    fn page_of_another_kind_is_malformed() {
        let read = |text: &'static str| {
            let body = Bytes::from_static(text.as_bytes());
            let page = Page::<String>::read("list", &body, "compute#zoneList");
            page.map(|mut page| (page.items.len(), page.take_fault().is_some(), page.take_next()))
        };
        let full = r#"{"kind":"compute#zoneList","items":["a"],"nextPageToken":"t","warning":{"code":"UNREACHABLE"}}"#;
        assert_eq!(read(full).expect("a page"), (1, true, Some("t".to_owned())));
        let empty = r#"{"kind":"compute#zoneList","nextPageToken":"","warning":{"code":"NO_RESULTS_ON_PAGE"}}"#;
        assert_eq!(read(empty).expect("a page"), (0, false, None));
        assert!(read(r#"{"kind":"compute#addressList","items":["a"]}"#).is_err());
    }
}
