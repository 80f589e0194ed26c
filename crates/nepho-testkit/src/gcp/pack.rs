//! A compressed body that is far larger than it seems.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// Returns a small body that decompresses to this many MB of blanks before its end.
pub(crate) fn bomb(megabytes: usize) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    // Writing to a vector cannot fail.
    for _ in 0..megabytes {
        let _ = encoder.write_all(&blanks);
    }
    let _ = encoder.write_all(b"{}");
    Bytes::from(encoder.finish().unwrap_or_default())
}
