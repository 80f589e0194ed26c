//! The provider's own description of a resource, kept byte for byte.

use bytes::Bytes;

use crate::string_enum::string_enum;

/// How a document's bytes are to be read; each provider's descriptor turns them into JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentFormat {
    /// The exact instance `<item>` of `DescribeInstances`, followed by its reservation's own members.
    Ec2Xml,
    /// JSON.
    Json,
}

impl DocumentFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Ec2Xml, Self::Json];

    /// The word used in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ec2Xml => "ec2_xml",
            Self::Json => "json",
        }
    }
}
string_enum!(DocumentFormat, "document format");

/// Opaque bytes and their format. Cheap to clone: a slice of the page that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// How to read the bytes.
    pub format: DocumentFormat,
    /// The bytes, as the provider sent them.
    pub bytes: Bytes,
}
