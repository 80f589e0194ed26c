//! Compressed bodies.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// The body as gzip.
pub(crate) fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 8), Compression::default());
    // Writing to a vector does not fail.
    let _ = encoder.write_all(body);
    Bytes::from(encoder.finish().unwrap_or_default())
}

/// A small body that unpacks to so many MB of blanks before its end.
pub(crate) fn bomb(megabytes: usize) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        let _ = encoder.write_all(&blanks);
    }
    let _ = encoder.write_all(b"{}");
    Bytes::from(encoder.finish().unwrap_or_default())
}
