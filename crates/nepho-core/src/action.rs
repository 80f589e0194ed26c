//! What an operator can ask of an instance.

use crate::{state::State, string_enum::string_enum};

/// An action on instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Start a stopped instance.
    Start,
    /// Stop a running instance.
    Stop,
    /// Restart a running instance.
    Reboot,
    /// Stop a running instance and keep its memory.
    Suspend,
    /// Start a suspended instance where it was.
    Resume,
    /// Delete an instance for good.
    Terminate,
}

impl Action {
    /// Every action, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Start, Self::Stop, Self::Reboot, Self::Suspend, Self::Resume, Self::Terminate];

    /// The verb, as on the command line and on the wire.
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

    /// The state that the action is meant to end in. For a reboot the state does not change.
    pub const fn goal(self) -> State {
        match self {
            Self::Start | Self::Reboot | Self::Resume => State::Running,
            Self::Stop => State::Stopped,
            Self::Suspend => State::Suspended,
            Self::Terminate => State::Terminated,
        }
    }

    /// The state that the cloud shows while it works.
    pub const fn transition(self) -> State {
        match self {
            Self::Start | Self::Resume => State::Pending,
            Self::Stop => State::Stopping,
            Self::Suspend => State::Suspending,
            Self::Reboot => State::Running,
            Self::Terminate => State::Terminating,
        }
    }

    /// The action that takes it back, where one exists.
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
    fn what_takes_an_action_back_is_taken_back_by_it() {
        for action in Action::ALL {
            let Some(inverse) = action.inverse() else { continue };
            assert_eq!(inverse.inverse(), Some(action));
            assert_ne!(inverse.goal(), action.goal(), "{action}");
        }
        assert_eq!(Action::Suspend.inverse(), Some(Action::Resume), "a start would lose the memory");
        assert_eq!(Action::Stop.inverse(), Some(Action::Start));
    }

    #[test]
    fn words_come_back() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
        }
    }
}
