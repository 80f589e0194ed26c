//! Deterministic pseudo-random numbers from a seed and a name, so that the fleet is always the same.
//!
//! The numbers are neither random nor secret; they only look irregular.

/// The number of a seed and some parts.
pub(crate) fn roll(seed: u64, parts: &[&str]) -> u64 {
    // FNV-1a over the parts, each ended by a byte that no UTF-8 text contains.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    // SplitMix64's finalizer, because FNV's high bits are weak.
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The number of a seed and some parts within `from..to`; `from` if the range is empty.
pub(crate) fn between(from: i64, to: i64, seed: u64, parts: &[&str]) -> i64 {
    let width = u64::try_from(to.saturating_sub(from)).unwrap_or(0).max(1);
    from.saturating_add(i64::try_from(roll(seed, parts) % width).unwrap_or(0))
}

/// The element of `choices` for a seed and some parts. `choices` must not be empty.
pub(crate) fn pick<'a, T>(choices: &'a [T], seed: u64, parts: &[&str]) -> &'a T {
    let at = usize::try_from(roll(seed, parts) % choices.len() as u64).unwrap_or(0);
    &choices[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolls_are_stable_and_parts_stay_separate() {
        assert_eq!(roll(7, &["web", "1"]), roll(7, &["web", "1"]));
        assert_ne!(roll(7, &["web", "1"]), roll(7, &["web1", ""]));
        assert_ne!(roll(7, &["web", "1"]), roll(8, &["web", "1"]));
        assert!((0..1000).all(|n| (5..9).contains(&between(5, 9, n, &["x"]))));
        assert_eq!(between(5, 5, 1, &[]), 5);
    }
}
