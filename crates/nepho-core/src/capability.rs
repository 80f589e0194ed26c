//! Capabilities of a provider for a kind of resource, as data.

use crate::{action::Action, state::State};

/// The actions and limits that one provider has for one kind of resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The offered actions, each with the states in which the provider accepts it.
    pub actions: &'static [ActionRule],
    /// The maximum number of ids in one mutating request.
    pub max_batch: usize,
    /// `true` if a listing returns partial documents, so that a view of one needs a read of the
    /// full document.
    pub lists_part_of_document: bool,
}

/// The conditions under which a provider accepts an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRule {
    /// The action.
    pub action: Action,
    /// States in which the provider accepts the action and it has an effect.
    pub from: &'static [State],
    /// States in which the goal holds or is being reached; nothing is sent.
    pub already: &'static [State],
    /// The way in which the provider carries out the action.
    pub mode: ActionMode,
    /// States in which the provider accepts the action with
    /// [`force`](crate::provider::ActionOptions::force); empty if it has no such option.
    pub force_from: &'static [State],
    /// `true` if the provider takes the option
    /// [`hibernate`](crate::provider::ActionOptions::hibernate).
    pub hibernates: bool,
}

impl ActionRule {
    /// Returns the rule of an action without options that is possible in the states `from`, and
    /// sends nothing in the states `already`.
    pub const fn new(action: Action, from: &'static [State], already: &'static [State]) -> Self {
        Self { action, from, already, mode: ActionMode::Graceful, force_from: &[], hibernates: false }
    }

    /// Sets the way in which the provider carries out the action.
    #[must_use]
    pub const fn mode(mut self, mode: ActionMode) -> Self {
        self.mode = mode;
        self
    }

    /// Adds the option `force`, accepted in the states `from`.
    #[must_use]
    pub const fn forced_from(mut self, from: &'static [State]) -> Self {
        self.force_from = from;
        self
    }

    /// Adds the option `hibernate`.
    #[must_use]
    pub const fn hibernating(mut self) -> Self {
        self.hibernates = true;
        self
    }
}

/// Execution of an action: graceful, a hard reset, or only with local disks discarded. The provider
/// offers no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionMode {
    /// The guest OS shuts down first, where the action stops or reboots it.
    Graceful,
    /// A hard reset: the guest OS is not shut down.
    Hard,
    /// The provider refuses the action on an instance with local disks unless the request states
    /// that their contents may be discarded.
    DiscardsLocalDisks,
}

impl Capabilities {
    /// Returns the rule for `action`, if the provider offers it.
    pub fn rule(&self, action: Action) -> Option<&ActionRule> {
        self.actions.iter().find(|rule| rule.action == action)
    }
}
