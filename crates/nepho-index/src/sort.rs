//! Sort orders: the columns, and their names in queries and on the wire.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The order of the hits. The default is ascending by name.
///
/// Rows without the column's fact come last in both directions. Rows with equal facts are in
/// ascending order of name, then of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Sort {
    /// The column.
    pub column: SortColumn,
    /// Greatest first.
    pub descending: bool,
}

impl Sort {
    /// Ascending order of `column`.
    pub const fn by(column: SortColumn) -> Self {
        Self { column, descending: false }
    }

    /// The same column, greatest first.
    #[must_use]
    pub const fn descending(self) -> Self {
        Self { descending: true, ..self }
    }
}

/// A column by which hits can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum SortColumn {
    /// The display name, case ignored.
    #[default]
    Name,
    /// The state as shown, in the order of [`nepho_core::State::ALL`].
    State,
    /// The kind.
    Kind,
    /// The account's name, case ignored.
    Account,
    /// The region.
    Region,
    /// The instance type, case ignored.
    Size,
    /// The first private address, as a number; IPv4 before IPv6.
    PrivateIp,
    /// The first public address, likewise.
    PublicIp,
    /// Time of the last start.
    StartedAt,
    /// Age of the facts.
    AsOf,
}

impl SortColumn {
    /// Every column.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::State,
        Self::Kind,
        Self::Account,
        Self::Region,
        Self::Size,
        Self::PrivateIp,
        Self::PublicIp,
        Self::StartedAt,
        Self::AsOf,
    ];

    /// Returns the name used in queries (`sort:-started_at`) and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Kind => "kind",
            Self::Account => "account",
            Self::Region => "region",
            Self::Size => "size",
            Self::PrivateIp => "private_ip",
            Self::PublicIp => "public_ip",
            Self::StartedAt => "started_at",
            Self::AsOf => "as_of",
        }
    }
}

/// A name that matches no column.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("unknown column {word:?}")]
pub struct UnknownColumn {
    /// The name that was found.
    pub word: String,
}

impl FromStr for SortColumn {
    type Err = UnknownColumn;

    fn from_str(word: &str) -> Result<Self, UnknownColumn> {
        Self::ALL
            .into_iter()
            .find(|column| column.as_str() == word)
            .ok_or_else(|| UnknownColumn { word: word.to_owned() })
    }
}

impl fmt::Display for SortColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_parse_to_their_columns() {
        for column in SortColumn::ALL {
            assert_eq!(column.as_str().parse(), Ok(column));
        }
        assert_eq!("age".parse::<SortColumn>(), Err(UnknownColumn { word: "age".to_owned() }));
    }
}
