//! A requested action with its parameters, in memory and as the text that the journal keeps.

use std::{fmt, str::FromStr};

use crate::{Action, Goal, string_enum::UnknownVariant};

/// The word of [`ActionOptions::discard_local_disks`] in the journal.
const DISCARD: &str = "discard-local-disks";
/// The word of [`ActionOptions::force`] in the journal.
const FORCE: &str = "force";
/// The word of [`ActionOptions::hibernate`] in the journal.
const HIBERNATE: &str = "hibernate";

/// An action with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionRequest {
    /// Starts a stopped instance.
    Start,
    /// Stops a running instance.
    Stop(StopOptions),
    /// Restarts a running instance.
    Reboot,
    /// Stops a running instance and keeps its memory.
    Suspend {
        /// Permits discarding the contents of local disks.
        discard_local_disks: bool,
    },
    /// Starts a suspended instance with its memory restored.
    Resume,
    /// Deletes an instance permanently.
    Terminate,
}

/// The parameters of a stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StopOptions {
    /// Stops without a shutdown of the guest OS, also while an earlier stop is stuck.
    pub force: bool,
    /// Writes the memory to the root disk first, so that the next start restores it.
    pub hibernate: bool,
    /// Permits discarding the contents of local disks; see
    /// [`ActionMode::DiscardsLocalDisks`](crate::capability::ActionMode::DiscardsLocalDisks).
    pub discard_local_disks: bool,
}

/// Parameters as an operator gives them, before it is known whether the action takes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActionOptions {
    /// See [`StopOptions::force`].
    pub force: bool,
    /// See [`StopOptions::hibernate`].
    pub hibernate: bool,
    /// See [`StopOptions::discard_local_disks`]. An action that keeps local disks ignores it.
    pub discard_local_disks: bool,
}

/// An option that the action does not take, or that contradicts another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionRefusal {
    /// Only a stop takes the option.
    #[error("{action} takes no option {option:?}; only stop does")]
    NotForAction {
        /// The action.
        action: Action,
        /// The option.
        option: &'static str,
    },
    /// A forced stop cannot write the memory to disk.
    #[error("force and hibernate exclude each other")]
    ForceAndHibernate,
}

impl ActionRequest {
    /// Returns the request of `action` with `options`.
    pub fn new(action: Action, options: ActionOptions) -> Result<Self, OptionRefusal> {
        let ActionOptions { force, hibernate, discard_local_disks } = options;
        if action != Action::Stop
            && let Some((option, _)) = [(FORCE, force), (HIBERNATE, hibernate)].into_iter().find(|(_, given)| *given)
        {
            return Err(OptionRefusal::NotForAction { action, option });
        }
        if force && hibernate {
            return Err(OptionRefusal::ForceAndHibernate);
        }
        Ok(match action {
            Action::Start => Self::Start,
            Action::Stop => Self::Stop(StopOptions { force, hibernate, discard_local_disks }),
            Action::Reboot => Self::Reboot,
            Action::Suspend => Self::Suspend { discard_local_disks },
            Action::Resume => Self::Resume,
            Action::Terminate => Self::Terminate,
        })
    }

    /// Returns the verb.
    pub const fn action(&self) -> Action {
        match self {
            Self::Start => Action::Start,
            Self::Stop(_) => Action::Stop,
            Self::Reboot => Action::Reboot,
            Self::Suspend { .. } => Action::Suspend,
            Self::Resume => Action::Resume,
            Self::Terminate => Action::Terminate,
        }
    }

    /// Returns the parameters.
    pub const fn options(&self) -> ActionOptions {
        match *self {
            Self::Stop(StopOptions { force, hibernate, discard_local_disks }) => {
                ActionOptions { force, hibernate, discard_local_disks }
            }
            Self::Suspend { discard_local_disks } => {
                ActionOptions { force: false, hibernate: false, discard_local_disks }
            }
            Self::Start | Self::Reboot | Self::Resume | Self::Terminate => {
                ActionOptions { force: false, hibernate: false, discard_local_disks: false }
            }
        }
    }

    /// Returns the goal, which a waiter judges reads by.
    pub const fn goal(&self) -> Goal {
        self.action().goal()
    }
}

impl From<Action> for ActionRequest {
    fn from(action: Action) -> Self {
        match action {
            Action::Start => Self::Start,
            Action::Stop => Self::Stop(StopOptions::default()),
            Action::Reboot => Self::Reboot,
            Action::Suspend => Self::Suspend { discard_local_disks: false },
            Action::Resume => Self::Resume,
            Action::Terminate => Self::Terminate,
        }
    }
}

/// The verb and the words of the options that are set, such as `stop force`.
impl fmt::Display for ActionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ActionOptions { force, hibernate, discard_local_disks } = self.options();
        f.write_str(self.action().as_str())?;
        for (word, set) in [(FORCE, force), (HIBERNATE, hibernate), (DISCARD, discard_local_disks)] {
            if set {
                write!(f, " {word}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for ActionRequest {
    type Err = UnknownVariant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownVariant { what: "request", word: text.to_owned() };
        let mut words = text.split(' ');
        let action: Action = words.next().unwrap_or_default().parse()?;
        let mut options = ActionOptions::default();
        for word in words {
            let option = match word {
                FORCE => &mut options.force,
                HIBERNATE => &mut options.hibernate,
                DISCARD => &mut options.discard_local_disks,
                _ => return Err(unknown()),
            };
            *option = true;
        }
        Self::new(action, options).map_err(|_| unknown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<ActionRequest> {
        let mut all = Vec::new();
        for bits in 0..8 {
            let options =
                ActionOptions { force: bits & 1 > 0, hibernate: bits & 2 > 0, discard_local_disks: bits & 4 > 0 };
            all.extend(Action::ALL.iter().filter_map(|action| ActionRequest::new(*action, options).ok()));
        }
        all
    }

    #[test]
    fn request_text_parses_back_to_the_request() {
        let all = all();
        assert_eq!(all.len(), 6 + 6 + 4, "each verb twice; a stop with force and one with hibernate, each twice");
        for request in all {
            assert_eq!(request.to_string().parse(), Ok(request));
        }
        let forced = ActionRequest::Stop(StopOptions { force: true, ..StopOptions::default() });
        assert_eq!(forced.to_string(), "stop force");
    }

    #[test]
    fn unknown_words_are_no_request() {
        for text in ["", "halt", "stop  force", "stop soon", "start force", "stop force hibernate"] {
            assert!(text.parse::<ActionRequest>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn options_are_for_a_stop_and_exclude_each_other() {
        let force = ActionOptions { force: true, ..ActionOptions::default() };
        let both = ActionOptions { hibernate: true, ..force };
        assert_eq!(
            ActionRequest::new(Action::Start, force),
            Err(OptionRefusal::NotForAction { action: Action::Start, option: "force" })
        );
        assert_eq!(ActionRequest::new(Action::Stop, both), Err(OptionRefusal::ForceAndHibernate));
        let discard = ActionOptions { discard_local_disks: true, ..ActionOptions::default() };
        assert_eq!(ActionRequest::new(Action::Reboot, discard), Ok(ActionRequest::Reboot));
    }
}
