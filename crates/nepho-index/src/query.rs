//! The query language: one line, the same in the window and in `nepho list`.

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

/// A question to the inventory. The empty query asks for every row.
///
/// ```text
/// query  = [ term { space term } ]          a row has to meet every term
/// term   = [ "-" ] ( word | key ":" value { "," value } )
///                                           "-" negates; of several values one has to be met
///        | "sort:" [ "-" ] column           at most once; "-" is greatest first
/// word   = text                             part of the name, id, an address, a DNS name,
///                                           a tag's key or a tag's value
/// value  = text                             the whole of the fact
/// text   = { plain | quoted }               case is ignored (Unicode)
/// plain  = any character but space and '"'; in a value also not ","
///          "*" stands for any run of characters
/// quoted = '"' { character | '\"' | '\\' } '"'
///                                           nothing in quotes has a meaning of its own,
///                                           but the "=" of a tag
/// ```
///
/// | key | value |
/// |---|---|
/// | `name`, `id`, `zone`, `size` | as shown |
/// | `account` | the account's name, Nephoscope's id of it, or the cloud's |
/// | `region` | such as `eu-west-1`, `us-*` |
/// | `provider`, `kind` | `aws`, `demo`; `instance` |
/// | `state` | a normalised state as shown, such as `running` |
/// | `raw` | the provider's word for the state |
/// | `tag` | `key`: has it; `key=value`; `key=""`: has it with no value |
/// | `ip` | an address; a network, `10.0.3.0/24`; or the beginning of an address, `10.0.` |
/// | `is` | `stale`, `missing` (not in the last listing), `prod`, `pending` (an action under way) |
/// | `sort` | see [`crate::SortColumn`] |
///
/// An absent fact meets no value, so `-zone:*` finds the rows without a zone. An unknown key, state,
/// kind, provider, mark or column is an error where it stands, never a text match; so is `cpu>80`,
/// because comparisons have no key yet. A word that can only be an IPv6 address is a word.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Query {
    terms: Vec<Term>,
    sort: Option<Sort>,
}

impl Query {
    /// The keys, in the order in which they are offered.
    pub const KEYS: [&'static str; 14] = [
        "state", "account", "region", "tag", "name", "ip", "kind", "provider", "size", "zone", "id", "raw", "is",
        "sort",
    ];

    /// Reads `text`; whatever is in it, this ends and does not panic.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }

    /// The terms, in the order in which they stand; `sort:` is not one.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The order that the query asks for, if it does.
    pub fn sort(&self) -> Option<Sort> {
        self.sort
    }

    /// Whether every row matches (the query may still say an order).
    pub fn is_unfiltered(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Writes the query so that it is read back as the same.
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
