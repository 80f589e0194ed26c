//! Overlays: what a reply to an action said, shown over rows that older reads cannot undo.
//!
//! In memory only, one per resource. An overlay ends when a read that started after the reply
//! shows the action's transition or goal, or after [`OVERLAY_TTL`]: EC2 is eventually consistent, so a
//! read right after `StopInstances` may still say *running*. A reboot looks the same before and
//! after: where the provider keeps a record of it, the one who follows it ends the overlay.

use std::{collections::HashMap, time::Duration};

use nepho_core::{Action, ResourceKey, State, Timestamp, provider::Accepted};
use nepho_index::Overlay;

/// How long a reply outlives reads that contradict it.
pub const OVERLAY_TTL: Duration = Duration::from_mins(1);

/// The overlays in force.
#[derive(Debug, Default)]
pub struct Overlays(HashMap<ResourceKey, Laid>);

#[derive(Debug)]
struct Laid {
    overlay: Overlay,
    /// No reading ends it, only the record of the action.
    recorded: bool,
}

impl Overlays {
    /// Lays the reply to `action`, which came at `replied_at`, over the row.
    pub fn lay(&mut self, key: ResourceKey, action: Action, reply: &Accepted, replied_at: Timestamp) -> Overlay {
        let overlay = Overlay { action, state: reply.state, raw_state: reply.raw_state.clone(), since: replied_at };
        let recorded = action == Action::Reboot && reply.ticket.is_some();
        self.0.insert(key, Laid { overlay: overlay.clone(), recorded });
        overlay
    }

    /// Whether a read of `key` that began at `started_at` may be stored at all.
    pub fn admits(&self, key: &ResourceKey, started_at: Timestamp) -> bool {
        self.0.get(key).is_none_or(|laid| laid.overlay.since <= started_at)
    }

    /// Tells what a read showed; answers whether that ended the overlay.
    pub fn confirm(&mut self, key: &ResourceKey, seen: State, started_at: Timestamp) -> bool {
        let ends = self.0.get(key).filter(|laid| !laid.recorded).is_some_and(|Laid { overlay, .. }| {
            let action = overlay.action;
            overlay.since <= started_at
                && (seen == action.transition() || seen == action.goal() || seen.is_transitional())
        });
        ends && self.0.remove(key).is_some()
    }

    /// Drops the overlay of `key`, if there is one.
    pub fn drop_of(&mut self, key: &ResourceKey) -> bool {
        self.0.remove(key).is_some()
    }

    /// Drops what has outlived [`OVERLAY_TTL`]; answers which.
    pub fn expire(&mut self, now: Timestamp) -> Vec<ResourceKey> {
        let life = jiff::SignedDuration::try_from(OVERLAY_TTL).unwrap_or_default();
        let old = |laid: &Laid| now.duration_since(laid.overlay.since) >= life;
        let expired: Vec<_> = self.0.iter().filter(|(_, laid)| old(laid)).map(|(key, _)| key.clone()).collect();
        for key in &expired {
            self.0.remove(key);
        }
        expired
    }
}
