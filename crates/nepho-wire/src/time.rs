//! Moments on the wire: RFC 3339 in UTC, such as `2026-11-30T18:05:00Z`.

use nepho_core::Timestamp;

/// The moment as text.
pub fn moment(at: Timestamp) -> String {
    at.to_string()
}

/// The moment as text, if there is one.
pub fn maybe(at: Option<Timestamp>) -> Option<String> {
    at.map(moment)
}
