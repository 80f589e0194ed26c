//! Hostile inputs that every provider must refuse.
//!
//! Deliberately not here: the rules that refuse them, which are `nepho_core::endpoint`, and each
//! cloud's own hostile inputs, which its provider's tests hold.

/// Endpoints that no account may have: metadata services, http to another host, and URLs that carry
/// a secret.
pub const ENDPOINTS: [&str; 9] = [
    "http://169.254.169.254/latest",
    "https://[::ffff:169.254.169.254]",
    "https://[fd00:ec2::254]",
    "https://[fd20:ce::254]",
    "https://metadata",
    "https://metadata.google.internal./",
    "http://cloud.lab.example",
    "https://key:secret@lab.example",
    "https://lab.example/?token=x",
];
