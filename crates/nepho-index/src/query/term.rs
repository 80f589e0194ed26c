//! Terms: conditions of a query on a row, and their text form.

use std::{fmt, ops::Range};

use nepho_core::{Kind, ProviderKind, State};

use super::{ip::IpPattern, pattern::Pattern};

/// One condition of a query; a row must meet all conditions.
#[derive(Clone, Debug)]
pub struct Term {
    pub(crate) negated: bool,
    pub(crate) test: Test,
    pub(super) span: Range<usize>,
}

impl Term {
    /// Returns `true` if a row must not meet the condition.
    pub const fn is_negated(&self) -> bool {
        self.negated
    }

    /// Returns the position in the query's text, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns the key, such as `state`; `None` for a bare word.
    pub const fn key(&self) -> Option<&'static str> {
        Some(match self.test {
            Test::Word(_) => return None,
            Test::Name(_) => "name",
            Test::Id(_) => "id",
            Test::Account(_) => "account",
            Test::Region(_) => "region",
            Test::Zone(_) => "zone",
            Test::Size(_) => "size",
            Test::Raw(_) => "raw",
            Test::Tag(_) => "tag",
            Test::Ip(_) => "ip",
            Test::State(_) => "state",
            Test::Kind(_) => "kind",
            Test::Provider(_) => "provider",
            Test::Is(_) => "is",
        })
    }
}

/// Terms are equal if they state the same condition, regardless of their position.
impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        (self.negated, &self.test) == (other.negated, &other.test)
    }
}

impl Eq for Term {}

/// The condition of a term; one of several values must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// Part of the name, id, an address, a DNS name, a tag's key or value.
    Word(Pattern),
    Name(Vec<Pattern>),
    Id(Vec<Pattern>),
    /// The account's name, id or realm.
    Account(Vec<Pattern>),
    Region(Vec<Pattern>),
    Zone(Vec<Pattern>),
    Size(Vec<Pattern>),
    /// The provider's name of the state.
    Raw(Vec<Pattern>),
    Tag(Vec<TagPattern>),
    Ip(Vec<IpPattern>),
    State(Vec<State>),
    Kind(Vec<Kind>),
    Provider(Vec<ProviderKind>),
    Is(Vec<Mark>),
}

/// A tag's key, with its value if the query has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPattern {
    pub(crate) key: Pattern,
    pub(crate) value: Option<Pattern>,
}

/// A property of a row, for `is:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Stale,
    Missing,
    Prod,
    Pending,
}

impl Mark {
    pub(crate) const ALL: [Self; 4] = [Self::Stale, Self::Missing, Self::Prod, Self::Pending];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Missing => "missing",
            Self::Prod => "prod",
            Self::Pending => "pending",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)?;
        match &self.value {
            Some(value) => write!(f, "={value}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        if let Some(key) = self.key() {
            write!(f, "{key}:")?;
        }
        match &self.test {
            Test::Word(pattern) => pattern.fmt(f),
            Test::Name(any)
            | Test::Id(any)
            | Test::Account(any)
            | Test::Region(any)
            | Test::Zone(any)
            | Test::Size(any)
            | Test::Raw(any) => list(f, any),
            Test::Tag(any) => list(f, any),
            Test::Ip(any) => list(f, any),
            Test::State(any) => list(f, any),
            Test::Kind(any) => list(f, any),
            Test::Provider(any) => list(f, any),
            Test::Is(any) => list(f, any),
        }
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, any: &[T]) -> fmt::Result {
    for (i, one) in any.iter().enumerate() {
        if i > 0 {
            f.write_str(",")?;
        }
        one.fmt(f)?;
    }
    Ok(())
}
