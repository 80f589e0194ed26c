//! The `string_enum!` macro: parses and displays an enum whose variants have fixed names.

use thiserror::Error;

/// A name that matches no variant.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("unknown {what} {word:?}")]
pub struct UnknownVariant {
    /// The expected type, such as `state`.
    pub what: &'static str,
    /// The name that was found.
    pub word: String,
}

/// Returns the variant whose name is `word`.
pub(crate) fn parse_variant<T: Copy>(
    what: &'static str,
    word: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, UnknownVariant> {
    all.iter()
        .copied()
        .find(|&variant| name(variant) == word)
        .ok_or_else(|| UnknownVariant { what, word: word.to_owned() })
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
