//! Identifiers of clouds, places and resources. Display names change; keys do not.

use std::{fmt, str::FromStr, sync::Arc};

use thiserror::Error;

use crate::{
    string_enum::{UnknownVariant, string_enum},
    text_id::text_id,
};

text_id! {
    /// The cloud's own account: an AWS account id (with its partition unless that is `aws`), a GCP
    /// project or a demo account. Includes `@host-port` when the endpoint is custom.
    Realm
}
text_id! {
    /// A cloud region, such as `eu-west-1`; `global` for kinds that have none.
    Region
}
text_id! {
    /// An availability zone, such as `eu-west-1b`.
    Zone
}
text_id! {
    /// The place that a scope lists: a region, a zone or `global`.
    Location
}

impl Realm {
    /// Returns the realm of `base` behind a custom endpoint, which keeps it apart from the cloud's
    /// own.
    pub fn at_endpoint(base: &str, host_port: &str) -> Self {
        Self::new(format!("{base}@{}", host_port.replace(':', "-")))
    }
}

/// A cloud, or the built-in demo cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderKind {
    /// Amazon Web Services.
    Aws,
    /// Google Cloud.
    Gcp,
    /// The built-in demo cloud.
    Demo,
}

impl ProviderKind {
    /// Every provider, in display order.
    pub const ALL: [Self; 3] = [Self::Aws, Self::Gcp, Self::Demo];

    /// The name used in keys, on the command line and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gcp => "gcp",
            Self::Demo => "demo",
        }
    }
}

/// The kind of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A virtual machine.
    Instance,
}

impl Kind {
    /// Every kind in the inventory.
    pub const ALL: [Self; 1] = [Self::Instance];

    /// The name used in keys, queries and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
        }
    }
}

string_enum!(ProviderKind, "provider");
string_enum!(Kind, "kind");

/// The permanent identifier of a resource: `provider:realm:region:kind:native`.
///
/// The text form splits at the first four colons; the native id comes last and is not escaped.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey {
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud's account.
    pub realm: Realm,
    /// The region, or `global`.
    pub region: Region,
    /// The kind.
    pub kind: Kind,
    /// The cloud's own id.
    pub native: Arc<str>,
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}:{}", self.provider, self.realm, self.region, self.kind, self.native)
    }
}

impl fmt::Debug for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a resource key.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// Fewer than five parts, or an empty part.
    #[error("not a resource key (provider:realm:region:kind:id)")]
    Shape,
    /// An unknown provider or kind.
    #[error(transparent)]
    Word(#[from] UnknownVariant),
}

impl FromStr for ResourceKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(5, ':');
        let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or(KeyError::Shape);
        Ok(Self {
            provider: next()?.parse()?,
            realm: Realm::new(next()?),
            region: Region::new(next()?),
            kind: next()?.parse()?,
            native: Arc::from(next()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_keeps_colons_in_its_native_id() {
        let text = "aws:123456789012@127.0.0.1-5000:eu-west-1:instance:arn:aws:x:y";
        let key: ResourceKey = text.parse().expect("a key");
        assert_eq!(&*key.native, "arn:aws:x:y");
        assert_eq!(key.to_string(), text);
    }

    #[test]
    fn short_and_foreign_texts_are_not_keys() {
        assert_eq!("aws:1:eu-west-1:instance:".parse::<ResourceKey>(), Err(KeyError::Shape));
        assert_eq!("aws:1:eu-west-1:instance".parse::<ResourceKey>(), Err(KeyError::Shape));
        assert!("moon:1:eu-west-1:instance:i".parse::<ResourceKey>().is_err());
        assert!("aws:1:eu-west-1:teapot:i".parse::<ResourceKey>().is_err());
    }
}
