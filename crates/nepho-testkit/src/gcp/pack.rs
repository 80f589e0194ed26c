//! A compressed body that is not what it seems.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// A small body that unpacks to so many MB of blanks before its end.
pub(crate) fn bomb(megabytes: usize) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    // Writing to a vector does not fail.
    for _ in 0..megabytes {
        let _ = encoder.write_all(&blanks);
    }
    let _ = encoder.write_all(b"{}");
    Bytes::from(encoder.finish().unwrap_or_default())
}
