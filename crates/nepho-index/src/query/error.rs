//! Why a text is no query. Codes and places, no prose: the window has its own words for each code.

use std::{fmt, ops::Range};

use thiserror::Error;

/// A text that is not a query, and where it stops being one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {word:?} at byte {}", span.start)]
pub struct QueryError {
    /// What is wrong.
    pub code: QueryErrorCode,
    /// Where, in bytes of the text; on character boundaries.
    pub span: Range<usize>,
    /// The text at `span`.
    pub word: String,
}

impl QueryError {
    pub(super) fn at(text: &str, code: QueryErrorCode, span: Range<usize>) -> Self {
        let word = text.get(span.clone()).unwrap_or_default().to_owned();
        Self { code, span, word }
    }
}

/// What is wrong with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryErrorCode {
    /// A `key:` that does not exist.
    UnknownKey,
    /// A `state:` that does not exist.
    UnknownState,
    /// A `kind:` that does not exist.
    UnknownKind,
    /// A `provider:` that does not exist.
    UnknownProvider,
    /// An `is:` that does not exist.
    UnknownMark,
    /// A `sort:` column that does not exist.
    UnknownColumn,
    /// An `ip:` that is no address, no beginning of one and no network.
    BadAddress,
    /// Nothing after `key:`, between commas, after `-`, or in `""`.
    EmptyValue,
    /// A `"` without its partner.
    UnterminatedQuote,
    /// A `-` before `sort:`.
    NegatedSort,
    /// A second `sort:`, or a second column in one.
    RepeatedSort,
}

impl QueryErrorCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::UnknownKey,
        Self::UnknownState,
        Self::UnknownKind,
        Self::UnknownProvider,
        Self::UnknownMark,
        Self::UnknownColumn,
        Self::BadAddress,
        Self::EmptyValue,
        Self::UnterminatedQuote,
        Self::NegatedSort,
        Self::RepeatedSort,
    ];

    /// The `snake_case` word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::UnknownState => "unknown_state",
            Self::UnknownKind => "unknown_kind",
            Self::UnknownProvider => "unknown_provider",
            Self::UnknownMark => "unknown_mark",
            Self::UnknownColumn => "unknown_column",
            Self::BadAddress => "bad_address",
            Self::EmptyValue => "empty_value",
            Self::UnterminatedQuote => "unterminated_quote",
            Self::NegatedSort => "negated_sort",
            Self::RepeatedSort => "repeated_sort",
        }
    }
}

impl fmt::Display for QueryErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
