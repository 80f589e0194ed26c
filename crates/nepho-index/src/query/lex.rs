//! Splits a query into tokens at white space outside quotes. This module knows no keys.

use std::ops::Range;

use winnow::{
    LocatingSlice, Parser, Result,
    combinator::{alt, opt, preceded, repeat},
    error::EmptyError,
    token::{none_of, one_of, take_while},
};

use super::error::{QueryError, QueryErrorCode};

/// One character of a token, with its quoting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) c: char,
    /// Set inside quotes, where every character is literal.
    pub(super) quoted: bool,
    /// The position, including the backslash of an escape.
    pub(super) span: Range<usize>,
}

impl Atom {
    /// Returns `true` for an unquoted `c`.
    pub(super) fn is(&self, c: char) -> bool {
        self.c == c && !self.quoted
    }
}

/// The text between white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) atoms: Vec<Atom>,
    pub(super) span: Range<usize>,
}

type Input<'a> = LocatingSlice<&'a str>;

/// A run of quoted or unquoted characters of a token; `open` is set if its quote is not closed.
struct Stretch {
    atoms: Vec<Atom>,
    open: bool,
}

/// Splits `text` into tokens; fails on an unclosed quote.
pub(super) fn tokens(text: &str) -> std::result::Result<Vec<Token>, QueryError> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    while let Ok((stretches, span)) = preceded(space, stretches.with_span()).parse_next(&mut input) {
        if let Some(open) = stretches.iter().find(|(stretch, _)| stretch.open) {
            return Err(QueryError::at(text, QueryErrorCode::UnterminatedQuote, open.1.clone()));
        }
        let atoms = stretches.into_iter().flat_map(|(stretch, _)| stretch.atoms).collect();
        tokens.push(Token { atoms, span });
    }
    // Only white space can remain. If anything else did, part of the query would be ignored and
    // more rows would match than intended, so fail.
    let rest = text.len() - input.trim_start().len();
    if rest < text.len() {
        return Err(QueryError::at(text, QueryErrorCode::UnknownKey, rest..text.len()));
    }
    Ok(tokens)
}

fn space(input: &mut Input<'_>) -> Result<(), EmptyError> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

fn stretches(input: &mut Input<'_>) -> Result<Vec<(Stretch, Range<usize>)>, EmptyError> {
    repeat(1.., alt((quoted, plain)).with_span()).parse_next(input)
}

fn plain(input: &mut Input<'_>) -> Result<Stretch, EmptyError> {
    let atom =
        none_of(|c: char| c.is_whitespace() || c == '"').with_span().map(|(c, span)| Atom { c, quoted: false, span });
    repeat(1.., atom).map(|atoms| Stretch { atoms, open: false }).parse_next(input)
}

fn quoted(input: &mut Input<'_>) -> Result<Stretch, EmptyError> {
    let escaped = preceded('\\', one_of(['"', '\\']));
    let atom = alt((escaped, none_of('"'))).with_span().map(|(c, span)| Atom { c, quoted: true, span });
    ('"', repeat(0.., atom), opt('"'))
        .map(|(_, atoms, close)| Stretch { atoms, open: close.is_none() })
        .parse_next(input)
}
