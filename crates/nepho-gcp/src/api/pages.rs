//! Chains of pages, which must come to an end.

use std::collections::HashSet;

use crate::error::GcpError;

/// The most pages of one listing: with full pages of instances, five million of them.
const MOST_PAGES: usize = 10_000;

/// The tokens of a chain of pages; one that comes twice would make it endless.
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

    /// Takes in the token that a page ends with; whether there is another page.
    pub fn go_on(&mut self, operation: &str, next: Option<String>) -> Result<bool, GcpError> {
        if let Some(token) = &next
            && (self.seen.len() >= MOST_PAGES || !self.seen.insert(token.clone()))
        {
            return Err(GcpError::Malformed { reason: format!("{operation}: pages without end") });
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
            match tokens.go_on("list", next(page)) {
                Ok(true) => {}
                ended => return (page + 1, ended),
            }
        }
        panic!("no end");
    }

    #[test]
    fn a_chain_ends_where_google_says_so() {
        let (pages, ended) = walk(|page| (page < 3).then(|| page.to_string()));
        assert!(matches!((pages, ended), (4, Ok(false))));
    }

    #[test]
    fn a_chain_that_leads_back_or_never_ends_is_malformed() {
        let (pages, ended) = walk(|page| Some((page % 3).to_string()));
        assert!(matches!((pages, ended), (4, Err(GcpError::Malformed { .. }))));
        let (pages, ended) = walk(|page| Some(page.to_string()));
        assert!(matches!(ended, Err(GcpError::Malformed { .. })));
        assert_eq!(pages, MOST_PAGES + 1);
    }
}
