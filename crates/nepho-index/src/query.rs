//! The query language: one line of text, identical in the window and in `nepho list`.

pub mod error;
mod ip;
mod lex;
mod parse;
mod pattern;
mod term;

use std::fmt;

use crate::Sort;
use error::QueryError;

pub(crate) use pattern::Pattern;
pub use term::Term;
pub(crate) use term::{Mark, TagPattern, Test};

/// A query of the inventory. The empty query matches every row.
///
/// ```text
/// query  = [ term { space term } ]          a row must meet every term
/// term   = [ "-" ] ( word | key ":" value { "," value } )
///                                           "-" negates; one of several values must match
///        | "sort:" [ "-" ] column           at most once; "-" is greatest first
/// word   = text                             part of the name, id, an address, a DNS name,
///                                           a tag's key or a tag's value
/// value  = text                             the complete fact
/// text   = { plain | quoted }               case is ignored (Unicode)
/// plain  = any character but space and '"'; in a value also not ","
///          "*" matches any run of characters
/// quoted = '"' { character | '\"' | '\\' } '"'
///                                           every character in quotes is literal,
///                                           except the "=" of a tag
/// ```
///
/// | key | value |
/// |---|---|
/// | `name`, `id`, `zone`, `size` | as shown |
/// | `account` | the account's name, Nephoscope's id, or the cloud's id |
/// | `region` | such as `eu-west-1`, `us-*` |
/// | `provider`, `kind` | a name of a [`nepho_core::ProviderKind`], such as `aws`; `instance` |
/// | `state` | a normalised state as shown, such as `running` |
/// | `raw` | the provider's name of the state |
/// | `tag` | `key`: has the tag; `key=value`; `key=""`: has the tag with an empty value |
/// | `ip` | an address; a network, `10.0.3.0/24`; or the prefix of an address, `10.0.` |
/// | `is` | `stale`, `missing` (not in the last listing), `prod`, `pending` (an action is running) |
/// | `sort` | see [`crate::SortColumn`] |
///
/// An absent fact matches no value, so `-zone:*` finds the rows without a zone. An unknown key,
/// state, kind, provider, mark or column is an error with a position, never a text match. So is
/// `cpu>80`, because no key supports comparisons yet. A word that can only be an IPv6 address is a
/// word.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Query {
    terms: Vec<Term>,
    sort: Option<Sort>,
}

impl Query {
    /// The keys, in suggestion order.
    pub const KEYS: [&'static str; 14] = [
        "state", "account", "region", "tag", "name", "ip", "kind", "provider", "size", "zone", "id", "raw", "is",
        "sort",
    ];

    /// Parses `text`. Terminates without a panic for every input.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }

    /// Returns the terms in textual order; `sort:` is not a term.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Returns the query's `sort:`, if present.
    pub fn sort(&self) -> Option<Sort> {
        self.sort
    }

    /// Returns `true` if every row matches (the query may still have a `sort:`).
    pub fn is_unfiltered(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Writes the query in a form that parses to an equal query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut space = "";
        for term in &self.terms {
            write!(f, "{space}{term}")?;
            space = " ";
        }
        if let Some(Sort { column, descending }) = self.sort {
            write!(f, "{space}sort:{}{column}", if descending { "-" } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
