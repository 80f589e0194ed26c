//! Waits of a random length, so that requests that failed together are not repeated together.

use std::time::Duration;

use uuid::Uuid;

/// A random wait of at least `least` and less than `most`.
pub(crate) fn between(least: Duration, most: Duration) -> Duration {
    // A UUID saves a dependency on a random number generator; its last 32 bits are all random.
    let [.., a, b, c, d] = Uuid::new_v4().into_bytes();
    let part = f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0);
    least + most.saturating_sub(least).mul_f64(part)
}

/// The wait after the `failures`th failure.
pub(crate) fn backoff(failures: u32) -> Duration {
    let most = Duration::from_millis(250) * 2_u32.pow(failures.min(5));
    between(most / 4, most)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn waits_differ_and_keep_their_bounds() {
        let (least, most) = (Duration::from_secs(1), Duration::from_secs(6));
        let waits: BTreeSet<Duration> = (0..200).map(|_| between(least, most)).collect();
        assert!(waits.len() > 190, "{}", waits.len());
        assert!(waits.iter().all(|wait| (least..most).contains(wait)));
        assert!(waits.iter().any(|wait| *wait < Duration::from_secs(3)));
        assert!(waits.iter().any(|wait| *wait > Duration::from_secs(4)));
        assert_eq!(between(least, least), least);
    }

    #[test]
    fn each_failure_makes_the_next_wait_longer_up_to_a_limit() {
        assert!(backoff(1) < Duration::from_millis(500));
        assert!(backoff(2) < Duration::from_secs(1));
        assert!(backoff(30) < Duration::from_secs(8));
    }
}
