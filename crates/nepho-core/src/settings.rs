//! The window's settings. Words are the host's: an unknown one is the host's to default.

use std::time::Duration;

/// The shortest interval between two sweeps of an account: a shorter one would spend the cloud's
/// quota without newer data.
pub const SHORTEST_INTERVAL: Duration = Duration::from_secs(30);
/// The longest interval between two sweeps of an account.
pub const LONGEST_INTERVAL: Duration = Duration::from_hours(24);

/// The settings as they are stored; `None` where nothing was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Colours, in the host's word.
    pub theme: Option<String>,
    /// The language of the texts, in the host's word.
    pub language: Option<String>,
    /// The height of rows, in the host's word.
    pub density: Option<String>,
    /// Between two sweeps of an account.
    pub poll_interval: Duration,
}

/// A change of settings. A member that is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct SettingsChange {
    /// See [`Settings::theme`].
    pub theme: Option<String>,
    /// See [`Settings::language`].
    pub language: Option<String>,
    /// See [`Settings::density`].
    pub density: Option<String>,
    /// See [`Settings::poll_interval`]; brought into 30 s to 24 h.
    pub poll_interval: Option<Duration>,
}
