//! Actions that an operator can request on an instance.

use crate::{goal::Goal, state::State, string_enum::string_enum};

/// An action on instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Starts a stopped instance.
    Start,
    /// Stops a running instance.
    Stop,
    /// Restarts a running instance.
    Reboot,
    /// Stops a running instance and keeps its memory.
    Suspend,
    /// Starts a suspended instance with its memory restored.
    Resume,
    /// Deletes an instance permanently.
    Terminate,
}

impl Action {
    /// Every action, in display order.
    pub const ALL: [Self; 6] = [Self::Start, Self::Stop, Self::Reboot, Self::Suspend, Self::Resume, Self::Terminate];

    /// The verb used on the command line and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Reboot => "reboot",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Terminate => "terminate",
        }
    }

    /// Returns the condition that the action should bring about.
    pub const fn goal(self) -> Goal {
        match self {
            Self::Start | Self::Resume => Goal::State(State::Running),
            Self::Stop => Goal::State(State::Stopped),
            Self::Suspend => Goal::State(State::Suspended),
            Self::Reboot => Goal::Unchanged(State::Running),
            Self::Terminate => Goal::Absent,
        }
    }

    /// Returns the state that the cloud reports while the action runs.
    pub const fn transition(self) -> State {
        self.goal().transition()
    }

    /// Returns the action that undoes this one, if one exists.
    pub const fn inverse(self) -> Option<Self> {
        match self {
            Self::Start => Some(Self::Stop),
            Self::Stop => Some(Self::Start),
            Self::Suspend => Some(Self::Resume),
            Self::Resume => Some(Self::Suspend),
            Self::Reboot | Self::Terminate => None,
        }
    }
}
string_enum!(Action, "action");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoing_an_action_twice_returns_the_action() {
        for action in Action::ALL {
            let Some(inverse) = action.inverse() else { continue };
            assert_eq!(inverse.inverse(), Some(action));
            assert_ne!(inverse.goal(), action.goal(), "{action}");
        }
        assert_eq!(Action::Suspend.inverse(), Some(Action::Resume), "a start would lose the memory");
        assert_eq!(Action::Stop.inverse(), Some(Action::Start));
    }

    #[test]
    fn verbs_parse_back_to_their_actions() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
        }
    }
}
