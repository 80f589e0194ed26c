//! Power state and health, normalised across clouds. The provider's raw word is kept beside.

use crate::string_enum::string_enum;

/// The power state of an instance. Each provider maps its own words; see its `convert` module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Being created or started.
    Pending,
    /// Running.
    Running,
    /// On its way to stopped.
    Stopping,
    /// Stopped; can be started again, also where the cloud's own word for that is *terminated*.
    Stopped,
    /// On its way to suspended.
    Suspending,
    /// Suspended with its memory kept.
    Suspended,
    /// Being deleted.
    Terminating,
    /// Deleted for good.
    Terminated,
    /// Being repaired by the cloud.
    Repairing,
    /// A word that we do not know; read the raw one.
    Unknown,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Running,
        Self::Stopping,
        Self::Stopped,
        Self::Suspending,
        Self::Suspended,
        Self::Terminating,
        Self::Terminated,
        Self::Repairing,
        Self::Unknown,
    ];

    /// The `snake_case` word used in queries and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Suspending => "suspending",
            Self::Suspended => "suspended",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
            Self::Repairing => "repairing",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the cloud will leave this state by itself, so it is worth polling.
    pub const fn is_transitional(self) -> bool {
        match self {
            Self::Pending | Self::Stopping | Self::Suspending | Self::Terminating | Self::Repairing => true,
            Self::Running | Self::Stopped | Self::Suspended | Self::Terminated | Self::Unknown => false,
        }
    }
}
string_enum!(State, "state");

/// The health of a resource, from checks that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Health {
    /// All checks pass.
    Healthy,
    /// Some check warns.
    Degraded,
    /// Some check fails.
    Unhealthy,
    /// Nothing has been checked.
    #[default]
    Unknown,
}

impl Health {
    /// Every health, best first.
    pub const ALL: [Self; 4] = [Self::Healthy, Self::Degraded, Self::Unhealthy, Self::Unknown];

    /// The `snake_case` word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
        }
    }
}
string_enum!(Health, "health");
