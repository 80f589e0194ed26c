//! Goals: the condition by which an observer knows that an action has succeeded. Pure.

use std::{fmt, str::FromStr};

use crate::{State, string_enum::UnknownVariant};

/// The condition that an action should bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Goal {
    /// The resource is in this state.
    State(State),
    /// The resource is deleted: in the state *terminated*, or no longer known to its cloud.
    Absent,
    /// No visible condition: the resource is in this state before and after, as with a reboot.
    Unchanged(State),
}

impl Goal {
    /// Returns `true` if a resource seen in `state` is where the action should end.
    pub fn holds(self, state: State) -> bool {
        state == self.state()
    }

    /// Returns `true` if a deleted resource is where the action should end.
    pub fn holds_when_absent(self) -> bool {
        self == Self::Absent
    }

    /// Returns `true` if seeing the goal proves that the action was carried out.
    pub fn is_visible(self) -> bool {
        !matches!(self, Self::Unchanged(_))
    }

    /// Returns the state in which the goal is seen.
    pub const fn state(self) -> State {
        match self {
            Self::State(state) | Self::Unchanged(state) => state,
            Self::Absent => State::Terminated,
        }
    }

    /// Returns the state that the cloud reports on the way to the goal.
    pub const fn transition(self) -> State {
        match self {
            Self::State(State::Running) => State::Pending,
            Self::State(State::Stopped) => State::Stopping,
            Self::State(State::Suspended) => State::Suspending,
            Self::State(State::Terminated) | Self::Absent => State::Terminating,
            Self::State(state) | Self::Unchanged(state) => state,
        }
    }
}

/// The text in the journal: `state stopped`, `absent`, `unchanged running`.
impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "state {state}"),
            Self::Absent => f.write_str("absent"),
            Self::Unchanged(state) => write!(f, "unchanged {state}"),
        }
    }
}

impl FromStr for Goal {
    type Err = UnknownVariant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(' ') {
            Some(("state", state)) => Ok(Self::State(state.parse()?)),
            Some(("unchanged", state)) => Ok(Self::Unchanged(state.parse()?)),
            None if text == "absent" => Ok(Self::Absent),
            _ => Err(UnknownVariant { what: "goal", word: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Action;

    #[test]
    fn goal_text_parses_back_to_the_goal() {
        for goal in Action::ALL.map(Action::goal) {
            assert_eq!(goal.to_string().parse(), Ok(goal));
        }
        for text in ["", "absent ", "state", "state gone", "unchanged"] {
            assert!(text.parse::<Goal>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn only_a_deletion_is_reached_by_absence() {
        for action in Action::ALL {
            let goal = action.goal();
            assert_eq!(goal.holds_when_absent(), action == Action::Terminate, "{action}");
            assert_eq!(goal.is_visible(), action != Action::Reboot, "{action}");
            assert!(goal.holds(goal.state()) && !goal.holds(State::Repairing), "{action}");
        }
    }
}
