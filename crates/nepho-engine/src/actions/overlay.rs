//! Overlays: replies to actions, shown over rows, which older reads cannot undo.
//!
//! Overlays exist in memory only, one per resource. An overlay ends when a read that started after
//! the reply shows the action's transition or goal, or after [`OVERLAY_TTL`]: a cloud's reads may
//! be eventually consistent, so a read right after an accepted stop may still return *running*. A
//! reboot has the same state before and after. If its provider keeps an operation record, the
//! follower of the action ends the overlay.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use nepho_core::{Action, ResourceKey, State, Timestamp, provider::Accepted};
use nepho_index::{Change, Overlay};

/// The time for which a reply prevails over contradicting reads.
pub const OVERLAY_TTL: Duration = Duration::from_mins(1);

/// The current overlays.
#[derive(Debug, Default)]
pub struct Overlays {
    active: HashMap<ResourceKey, ActiveOverlay>,
    /// The unfinished actions of all processes; shown where no reply is.
    pending: HashMap<ResourceKey, Overlay>,
}

#[derive(Debug)]
struct ActiveOverlay {
    overlay: Overlay,
    /// Only the operation record ends the overlay; reads do not.
    recorded: bool,
}

impl Overlays {
    /// Sets the overlay of a row from the reply to `action`, received at `replied_at`.
    pub fn set(&mut self, key: ResourceKey, action: Action, reply: &Accepted, replied_at: Timestamp) -> Overlay {
        let overlay = Overlay { action, state: reply.state, raw_state: reply.raw_state.clone(), since: replied_at };
        let recorded = action == Action::Reboot && reply.ticket.is_some();
        self.active.insert(key, ActiveOverlay { overlay: overlay.clone(), recorded });
        overlay
    }

    /// Returns `true` if a read of `key` that started at `started_at` may be stored.
    pub fn admits(&self, key: &ResourceKey, started_at: Timestamp) -> bool {
        self.active.get(key).is_none_or(|active| active.overlay.since <= started_at)
    }

    /// Applies a read and returns `true` if it ended the overlay.
    pub fn confirm(&mut self, key: &ResourceKey, seen: State, started_at: Timestamp) -> bool {
        let ends =
            self.active.get(key).filter(|active| !active.recorded).is_some_and(|ActiveOverlay { overlay, .. }| {
                let action = overlay.action;
                overlay.since <= started_at
                    && (seen == action.transition() || action.goal().holds(seen) || seen.is_transitional())
            });
        ends && self.active.remove(key).is_some()
    }

    /// Removes the overlay of `key` and returns `true` if there was one.
    pub fn remove(&mut self, key: &ResourceKey) -> bool {
        self.active.remove(key).is_some()
    }

    /// Replaces the unfinished actions and returns the keys whose overlay changed.
    pub fn set_pending(&mut self, pending: HashMap<ResourceKey, Overlay>) -> Vec<ResourceKey> {
        let before = std::mem::replace(&mut self.pending, pending);
        let changed = |key: &&ResourceKey| before.get(*key) != self.pending.get(*key);
        let keys: HashSet<&ResourceKey> = before.keys().chain(self.pending.keys()).filter(changed).collect();
        keys.into_iter().filter(|key| !self.active.contains_key(*key)).cloned().collect()
    }

    /// Returns the changes that show the overlays of `keys`, or their removal.
    pub fn changes(&self, keys: impl IntoIterator<Item = ResourceKey>) -> Vec<Change> {
        keys.into_iter().map(|key| Change::Overlay { overlay: self.shown(&key).cloned(), key }).collect()
    }

    fn shown(&self, key: &ResourceKey) -> Option<&Overlay> {
        self.active.get(key).map(|active| &active.overlay).or_else(|| self.pending.get(key))
    }

    /// Removes overlays older than [`OVERLAY_TTL`] and returns their keys.
    pub fn expire(&mut self, now: Timestamp) -> Vec<ResourceKey> {
        let life = jiff::SignedDuration::try_from(OVERLAY_TTL).unwrap_or_default();
        let old = |active: &ActiveOverlay| now.duration_since(active.overlay.since) >= life;
        let expired: Vec<_> =
            self.active.iter().filter(|(_, active)| old(active)).map(|(key, _)| key.clone()).collect();
        for key in &expired {
            self.active.remove(key);
        }
        expired
    }
}
