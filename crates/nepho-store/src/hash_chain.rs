//! The journal's hash chain: each entry's hash covers its columns and the previous entry's hash.

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// The hash of an entry.
pub(crate) type Hash = [u8; 32];

/// The predecessor hash of the first entry.
pub(crate) const START: Hash = [0; 32];

/// Returns the hash of an entry's `columns` after an entry with the hash `previous`.
///
/// Each column is hashed with its type and its length, so that text cannot move between columns and
/// an empty text differs from NULL.
pub(crate) fn link<'a>(previous: &Hash, columns: impl IntoIterator<Item = ValueRef<'a>>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"nephoscope journal 1");
    hasher.update(previous);
    for column in columns {
        let number;
        let (kind, bytes): (u8, &[u8]) = match column {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(value) => {
                number = value.to_le_bytes();
                (1, &number)
            }
            ValueRef::Real(value) => {
                number = value.to_le_bytes();
                (2, &number)
            }
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(bytes) => (4, bytes),
        };
        hasher.update([kind]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().into()
}

/// Returns the hash in hexadecimal.
pub(crate) fn hex(hash: &Hash) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
