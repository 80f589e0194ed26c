//! Provider documents of resources, kept byte for byte.

use bytes::Bytes;

use crate::string_enum::string_enum;

/// The encoding of a document; each provider's descriptor converts its own encodings to JSON.
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

/// Opaque bytes and their format. Cheap to clone: the bytes are a slice of the received page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The encoding of the bytes.
    pub format: DocumentFormat,
    /// The bytes, as the provider sent them.
    pub bytes: Bytes,
}
