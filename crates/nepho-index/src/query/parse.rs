//! Conversion of tokens to terms: the keys and their values.

use std::{ops::Range, str::FromStr};

use super::{
    Query,
    error::{QueryError, QueryErrorCode},
    ip::IpPattern,
    lex::{self, Atom, Token},
    pattern::Pattern,
    term::{Mark, TagPattern, Term, Test},
};
use crate::{Sort, SortColumn};

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut query = Query::default();
    for token in lex::tokens(text)? {
        let reader = Reader { text, token: &token };
        let negated = token.atoms.first().is_some_and(|first| first.is('-'));
        let atoms = &token.atoms[usize::from(negated)..];
        match reader.key(atoms)? {
            Some((key, values)) if key == "sort" => {
                if negated {
                    return Err(reader.error(QueryErrorCode::NegatedSort, token.span.clone()));
                }
                if query.sort.is_some() {
                    return Err(reader.error(QueryErrorCode::RepeatedSort, token.span.clone()));
                }
                query.sort = Some(reader.sort(values)?);
            }
            Some((key, values)) => {
                let asked = reader.test(&key, values)?;
                query.terms.push(Term { negated, test: asked, span: token.span.clone() });
            }
            None => {
                if atoms.is_empty() {
                    return Err(reader.error(QueryErrorCode::EmptyValue, token.span.clone()));
                }
                let word = Test::Word(Pattern::new(atoms));
                query.terms.push(Term { negated, test: word, span: token.span.clone() });
            }
        }
    }
    Ok(query)
}

struct Reader<'a> {
    text: &'a str,
    token: &'a Token,
}

/// A value of a keyed term: never empty.
struct Value<'a> {
    atoms: &'a [Atom],
    span: Range<usize>,
}

impl Value<'_> {
    /// Returns the value in lower case, as the names of states and kinds are.
    fn word(&self) -> String {
        self.atoms.iter().flat_map(|atom| atom.c.to_lowercase()).collect()
    }
}

impl<'a> Reader<'a> {
    fn error(&self, code: QueryErrorCode, span: Range<usize>) -> QueryError {
        QueryError::at(self.text, code, span)
    }

    /// Returns the key before a `:` and the atoms after it; `None` for a bare word.
    ///
    /// `<` and `>` are reserved for comparisons, which no key supports yet. They therefore also end
    /// a key, which is then unknown and does not become a text match by accident.
    fn key(&self, atoms: &'a [Atom]) -> Result<Option<(String, &'a [Atom])>, QueryError> {
        let Some(end) = atoms.iter().position(|atom| atom.is(':') || atom.is('<') || atom.is('>')) else {
            return Ok(None);
        };
        let (key, rest) = atoms.split_at(end);
        let is_key = key.first().is_some_and(|first| first.c.is_alphabetic())
            && key.iter().all(|atom| !atom.quoted && (atom.c.is_alphanumeric() || matches!(atom.c, '_' | '-')));
        if !is_key || is_address(atoms) {
            return Ok(None);
        }
        let word: String = key.iter().flat_map(|atom| atom.c.to_lowercase()).collect();
        let known = Query::KEYS.contains(&word.as_str()) && rest.first().is_some_and(|atom| atom.is(':'));
        if !known {
            return Err(self.error(QueryErrorCode::UnknownKey, span(key).unwrap_or(self.token.span.clone())));
        }
        Ok(Some((word, &rest[1..])))
    }

    /// Splits the values at commas.
    fn values(&self, atoms: &'a [Atom]) -> Result<Vec<Value<'a>>, QueryError> {
        atoms
            .split(|atom| atom.is(','))
            .map(|atoms| match span(atoms) {
                Some(span) => Ok(Value { atoms, span }),
                None => Err(self.error(QueryErrorCode::EmptyValue, self.token.span.clone())),
            })
            .collect()
    }

    fn test(&self, key: &str, atoms: &'a [Atom]) -> Result<Test, QueryError> {
        let values = self.values(atoms)?;
        let patterns = || values.iter().map(|value| Pattern::new(value.atoms)).collect();
        Ok(match key {
            "name" => Test::Name(patterns()),
            "id" => Test::Id(patterns()),
            "account" => Test::Account(patterns()),
            "region" => Test::Region(patterns()),
            "zone" => Test::Zone(patterns()),
            "size" => Test::Size(patterns()),
            "raw" => Test::Raw(patterns()),
            "tag" => Test::Tag(values.iter().map(|value| self.tag(value)).collect::<Result<_, _>>()?),
            "ip" => Test::Ip(values.iter().map(|value| self.ip(value)).collect::<Result<_, _>>()?),
            "state" => Test::State(self.words(&values, QueryErrorCode::UnknownState)?),
            "kind" => Test::Kind(self.words(&values, QueryErrorCode::UnknownKind)?),
            "provider" => Test::Provider(self.words(&values, QueryErrorCode::UnknownProvider)?),
            "is" => Test::Is(self.words(&values, QueryErrorCode::UnknownMark)?),
            // `key` accepts only `Query::KEYS`; a test keeps the two lists equal.
            _ => return Err(self.error(QueryErrorCode::UnknownKey, self.token.span.clone())),
        })
    }

    fn words<T: FromStr>(&self, values: &[Value<'_>], code: QueryErrorCode) -> Result<Vec<T>, QueryError> {
        values.iter().map(|value| value.word().parse().map_err(|_| self.error(code, value.span.clone()))).collect()
    }

    fn tag(&self, value: &Value<'_>) -> Result<TagPattern, QueryError> {
        let empty = || self.error(QueryErrorCode::EmptyValue, value.span.clone());
        let Some(equals) = value.atoms.iter().position(|atom| atom.c == '=') else {
            return Ok(TagPattern { key: Pattern::new(value.atoms), value: None });
        };
        let (key, rest) = (&value.atoms[..equals], &value.atoms[equals + 1..]);
        // An empty value needs quotes, because `tag:env=` is incomplete input.
        let after = value.atoms[equals].span.end;
        let quoted = value.atoms[equals].quoted || self.text[after..].starts_with('"');
        if key.is_empty() || (rest.is_empty() && !quoted) {
            return Err(empty());
        }
        Ok(TagPattern { key: Pattern::new(key), value: Some(Pattern::new(rest)) })
    }

    fn ip(&self, value: &Value<'_>) -> Result<IpPattern, QueryError> {
        IpPattern::new(&value.word(), Pattern::new(value.atoms))
            .ok_or_else(|| self.error(QueryErrorCode::BadAddress, value.span.clone()))
    }

    fn sort(&self, atoms: &'a [Atom]) -> Result<Sort, QueryError> {
        let values = self.values(atoms)?;
        let [value] = &*values else {
            return Err(self.error(QueryErrorCode::RepeatedSort, self.token.span.clone()));
        };
        let word = value.word();
        let (column, descending) = match word.strip_prefix('-') {
            Some(column) => (column, true),
            None => (&*word, false),
        };
        match column.parse::<SortColumn>() {
            Ok(column) => Ok(Sort { column, descending }),
            Err(_) if column.is_empty() => Err(self.error(QueryErrorCode::EmptyValue, value.span.clone())),
            Err(_) => Err(self.error(QueryErrorCode::UnknownColumn, value.span.clone())),
        }
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|mark| mark.as_str() == word).ok_or(())
    }
}

/// Returns `true` if the word can only be an IPv6 address or the prefix of one.
fn is_address(atoms: &[Atom]) -> bool {
    atoms.iter().all(|atom| atom.c.is_ascii_hexdigit() || matches!(atom.c, ':' | '.'))
        && atoms.iter().any(|atom| atom.c.is_ascii_digit())
}

fn span(atoms: &[Atom]) -> Option<Range<usize>> {
    Some(atoms.first()?.span.start..atoms.last()?.span.end)
}
