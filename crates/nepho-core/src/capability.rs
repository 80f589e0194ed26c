//! What a provider can do with a kind of resource: data, not code.

use crate::{action::Action, state::State};

/// What can be done with one kind of resource at one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The actions, each with the states in which the provider accepts it.
    pub actions: &'static [ActionRule],
    /// The most ids in one mutating request.
    pub max_batch: usize,
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
}

impl Capabilities {
    /// The rule for `action`, if the provider offers it.
    pub fn rule(&self, action: Action) -> Option<&ActionRule> {
        self.actions.iter().find(|rule| rule.action == action)
    }
}
