//! The `string_enum!` macro: parses and displays an enum whose variants have fixed words.

use thiserror::Error;

/// A word that names none of the alternatives.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("unknown {what} {word:?}")]
pub struct UnknownVariant {
    /// What was expected, such as `state`.
    pub what: &'static str,
    /// What was found.
    pub word: String,
}

/// Finds the alternative whose word is `word`.
pub(crate) fn parse_variant<T: Copy>(
    what: &'static str,
    word: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, UnknownVariant> {
    all.iter().copied().find(|&one| name(one) == word).ok_or_else(|| UnknownVariant { what, word: word.to_owned() })
}

macro_rules! string_enum {
    ($type:ty, $what:literal) => {
        impl std::str::FromStr for $type {
            type Err = crate::string_enum::UnknownVariant;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                crate::string_enum::parse_variant($what, word, &<$type>::ALL, <$type>::as_str)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use string_enum;
