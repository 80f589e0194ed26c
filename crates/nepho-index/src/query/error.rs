//! Query errors: codes and positions without prose, because the window has a text for each code.

use std::{fmt, ops::Range};

use thiserror::Error;

/// A text that is not a query, with the position of the error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {word:?} at byte {}", span.start)]
pub struct QueryError {
    /// The kind of error.
    pub code: QueryErrorCode,
    /// The position in bytes of the text, on character boundaries.
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

/// The kind of error in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryErrorCode {
    /// An unknown `key:`.
    UnknownKey,
    /// An unknown value of `state:`.
    UnknownState,
    /// An unknown value of `kind:`.
    UnknownKind,
    /// An unknown value of `provider:`.
    UnknownProvider,
    /// An unknown value of `is:`.
    UnknownMark,
    /// An unknown `sort:` column.
    UnknownColumn,
    /// A value of `ip:` that is no address, no prefix of one and no network.
    BadAddress,
    /// Nothing after `key:`, between commas, after `-`, or in `""`.
    EmptyValue,
    /// A `"` without a closing `"`.
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

    /// Returns the `snake_case` name used on the wire.
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
