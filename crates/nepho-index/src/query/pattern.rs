//! Patterns: texts in which `*` matches any run of characters.

use std::fmt;

use memchr::memmem;
use nepho_core::text::{folded, folded_char};

use super::lex::Atom;

/// Folded pieces of text, separated by `*`. A single piece must match exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Vec<String>,
}

impl Pattern {
    /// Creates the pattern of `atoms`; each unquoted `*` matches any run.
    pub(super) fn new(atoms: &[Atom]) -> Self {
        let pieces = atoms
            .split(|atom| atom.is('*'))
            .map(|piece| piece.iter().flat_map(|atom| folded_char(atom.c)).collect())
            .collect();
        Self { pieces }
    }

    /// Creates the pattern that only `text` matches.
    #[cfg(test)]
    pub(super) fn exactly(text: &str) -> Self {
        Self { pieces: vec![folded(text)] }
    }

    /// Creates the pattern that every text with the prefix `start` matches.
    pub(super) fn beginning(start: &str) -> Self {
        Self { pieces: vec![folded(start), String::new()] }
    }

    /// Returns the pattern's text if it has no `*`.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &*self.pieces {
            [piece] => Some(piece),
            _ => None,
        }
    }

    /// Returns the longest text that every match contains; may be empty.
    pub(crate) fn longest(&self) -> &str {
        self.pieces.iter().max_by_key(|piece| piece.len()).map_or("", |piece| piece)
    }

    /// Returns `true` if every text with the prefix [`Pattern::beginning_of_all`] matches.
    pub(super) fn is_beginning(&self) -> bool {
        matches!(&*self.pieces, [first, last] if !first.is_empty() && last.is_empty())
    }

    /// Returns the common prefix of all matches; may be empty.
    pub(super) fn beginning_of_all(&self) -> &str {
        self.pieces.first().map_or("", |piece| piece)
    }

    /// Returns `true` if the whole folded `text` matches. An absent fact matches no pattern, not
    /// even `*`.
    pub(crate) fn is_met(&self, text: &str) -> bool {
        if text.is_empty() {
            return self.literal() == Some("");
        }
        let [first, middle @ .., last] = &*self.pieces else {
            return self.literal() == Some(text);
        };
        let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some(rest) = rest.strip_suffix(last.as_str()) else { return false };
        occurs(middle, rest)
    }

    /// Returns `true` if a part of the folded `text` matches.
    pub(crate) fn occurs_in(&self, text: &str) -> bool {
        occurs(&self.pieces, text)
    }
}

/// Returns `true` if the pieces occur in `text` in order. Using each piece's first occurrence
/// suffices.
fn occurs(pieces: &[String], text: &str) -> bool {
    let mut rest = text.as_bytes();
    pieces.iter().all(|piece| match memmem::find(rest, piece.as_bytes()) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, piece) in self.pieces.iter().enumerate() {
            if i > 0 {
                f.write_str("*")?;
            }
            if i > 0 && piece.is_empty() {
                continue;
            }
            if !piece.is_empty() || self.pieces.len() == 1 {
                write_word(f, piece)?;
            }
        }
        Ok(())
    }
}

/// Writes `text` so that it parses to itself: in quotes unless it is plain.
pub(super) fn write_word(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/');
    let begins_plain = text.chars().next().is_some_and(plain);
    if begins_plain && text.chars().all(|c| plain(c) || c == '-') {
        return f.write_str(text);
    }
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> Pattern {
        Pattern { pieces: text.split('*').map(folded).collect() }
    }

    #[test]
    fn star_matches_any_run_of_characters() {
        for (pattern, met, unmet) in [
            ("us-*", "us-east-1", "aus-east-1"),
            ("*-1", "us-east-1", "us-east-12"),
            ("a*b*c", "a-b-b-c", "a-c-b"),
            ("ab*ba", "abba", "aba"),
            ("web", "web", "web-1"),
            ("*", "x", ""),
        ] {
            assert!(glob(pattern).is_met(met), "{pattern} {met}");
            assert!(!glob(pattern).is_met(unmet), "{pattern} {unmet}");
        }
    }
}
