//! Request fields with a length limit, checked while they are read.
//!
//! The webview is not trusted: a request that is too long is refused before it is kept. What a
//! text means (a query, an endpoint) is not judged here.

use std::{fmt, marker::PhantomData};

use nepho_core::{ResourceKey, Secret};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};
use ts_rs::TS;

/// The longest resource key, in bytes.
pub const MAX_KEY: usize = 512;
/// The longest query, in bytes.
pub const MAX_QUERY: usize = 4096;
/// The longest name, in bytes.
pub const MAX_NAME: usize = 128;
/// The longest other text: an endpoint, a typed confirmation; in bytes.
pub const MAX_TEXT: usize = 1024;
/// The longest secret, in bytes. AWS session tokens have no documented limit and reach about 2 KiB.
pub const MAX_SECRET: usize = 8192;
/// The longest list.
pub const MAX_LIST: usize = 1000;
/// The most projects that are added at once.
pub const MAX_PROJECTS: usize = 200;
/// The most rows or entries that one reply carries.
pub const MAX_LIMIT: u32 = 200;

/// Reads one string of at most `max` bytes. Its errors never repeat the text, which may be secret.
struct TextVisitor {
    what: &'static str,
    max: usize,
}

impl Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of at most {} bytes", self.what, self.max)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if text.len() > self.max { Err(E::custom(too_long(&self))) } else { Ok(text.to_owned()) }
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        if text.len() > self.max { Err(E::custom(too_long(&self))) } else { Ok(text) }
    }
}

fn too_long(limit: &TextVisitor) -> String {
    format!("{} is longer than {} bytes", limit.what, limit.max)
}

macro_rules! bounded_text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, TS)]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// Lends the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text away.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_string(TextVisitor { what: $what, max: $max }).map(Self)
            }
        }
    };
}

bounded_text! {
    /// A query, at most 4 KiB.
    QueryText, "a query", MAX_QUERY
}
bounded_text! {
    /// A name, an id or a word, at most 128 bytes.
    NameText, "a name", MAX_NAME
}
bounded_text! {
    /// Any other text, at most 1 KiB.
    LongText, "a text", MAX_TEXT
}

/// A resource key in its text form, at most 512 bytes.
#[derive(Clone, Debug, PartialEq, Eq, TS)]
#[ts(type = "string")]
pub struct KeyText(ResourceKey);

impl KeyText {
    /// Lends the key.
    pub fn key(&self) -> &ResourceKey {
        &self.0
    }

    /// Gives the key away.
    pub fn into_key(self) -> ResourceKey {
        self.0
    }
}

impl<'de> Deserialize<'de> for KeyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_string(TextVisitor { what: "a key", max: MAX_KEY })?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A secret on its way in, at most 8 KiB. It can be read and handed on, nothing else.
///
/// ```compile_fail,E0277
/// fn serialises<T: serde::Serialize>() {}
/// serialises::<nepho_wire::limits::SecretText>();
/// ```
#[derive(Clone, Debug, TS)]
#[ts(type = "string")]
pub struct SecretText(Secret);

impl SecretText {
    /// Gives the secret away.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_string(TextVisitor { what: "a secret", max: MAX_SECRET })
            .map(|text| Self(Secret::new(text)))
    }
}

/// The number of rows or entries wanted: at most 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, TS)]
#[ts(type = "number")]
pub struct Limit(u32);

impl Limit {
    /// The number.
    pub fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        if number > MAX_LIMIT {
            return Err(D::Error::custom(format!("more than {MAX_LIMIT} are asked for")));
        }
        Ok(Self(number))
    }
}

/// A list of at most `MAX` members, 1,000 unless said otherwise; one more is refused before it is
/// kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T, const MAX: usize = MAX_LIST>(Vec<T>);

impl<T, const MAX: usize> List<T, MAX> {
    /// Gives the members away.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor::<T, MAX>(PhantomData)).map(Self)
    }
}

struct ListVisitor<T, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for ListVisitor<T, MAX> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MAX}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut members = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(MAX));
        while let Some(member) = seq.next_element()? {
            if members.len() == MAX {
                return Err(A::Error::custom(format!("a list is longer than {MAX}")));
            }
            members.push(member);
        }
        Ok(members)
    }
}
