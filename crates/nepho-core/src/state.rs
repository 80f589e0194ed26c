//! Power state and health, normalised across clouds. The provider's raw name of a state is stored
//! too.

use crate::string_enum::string_enum;

/// The power state of an instance. Each provider maps its own names; see its `convert` module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Being created or started.
    Pending,
    /// Running.
    Running,
    /// Changing to stopped.
    Stopping,
    /// Stopped; can be started again, even where the cloud's name for that is *terminated*.
    Stopped,
    /// Changing to suspended.
    Suspending,
    /// Suspended with its memory kept.
    Suspended,
    /// Being deleted.
    Terminating,
    /// Deleted permanently.
    Terminated,
    /// Being repaired by the cloud.
    Repairing,
    /// A state that this version does not know; read the raw name.
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

    /// The `snake_case` name used in queries and on the wire.
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

    /// Returns `true` if the cloud leaves this state without a request, so it is worth polling.
    pub const fn is_transitional(self) -> bool {
        match self {
            Self::Pending | Self::Stopping | Self::Suspending | Self::Terminating | Self::Repairing => true,
            Self::Running | Self::Stopped | Self::Suspended | Self::Terminated | Self::Unknown => false,
        }
    }
}
string_enum!(State, "state");

/// The health of a resource, from the cloud's health checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Health {
    /// All checks pass.
    Healthy,
    /// At least one check warns.
    Degraded,
    /// At least one check fails.
    Unhealthy,
    /// No check has run.
    #[default]
    Unknown,
}

impl Health {
    /// Every health, best first.
    pub const ALL: [Self; 4] = [Self::Healthy, Self::Degraded, Self::Unhealthy, Self::Unknown];

    /// The `snake_case` name used on the wire.
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
