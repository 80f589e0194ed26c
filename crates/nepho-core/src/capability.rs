//! What a provider can do with a kind of resource: data, not code.

use crate::{action::Action, state::State};

/// What can be done with one kind of resource at one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The actions, each with the states in which the provider accepts it.
    pub actions: &'static [ActionRule],
    /// The most ids in one mutating request.
    pub max_batch: usize,
    /// Whether a listing shows only a part of each resource's document, so that the whole one is
    /// read when somebody looks at it.
    pub lists_part_of_document: bool,
}

/// When a provider accepts an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRule {
    /// The action.
    pub action: Action,
    /// States in which the provider accepts it and something happens.
    pub from: &'static [State],
    /// States in which the goal already holds (or is on its way), so nothing is sent.
    pub already: &'static [State],
    /// How much of the machine's work it spares.
    pub mode: ActionMode,
}

/// What an action does to what the machine is doing, as far as the provider leaves no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionMode {
    /// As the action's name says: a stop or reboot lets the operating system end first.
    Graceful,
    /// The power is cut and comes back: the operating system is not asked.
    Hard,
    /// On an instance with local disks the provider wants to be told that their contents may be
    /// discarded, and refuses otherwise.
    DiscardsLocalDisks,
}

impl Capabilities {
    /// The rule for `action`, if the provider offers it.
    pub fn rule(&self, action: Action) -> Option<&ActionRule> {
        self.actions.iter().find(|rule| rule.action == action)
    }
}
