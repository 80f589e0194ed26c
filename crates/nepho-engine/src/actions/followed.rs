//! A target of an operation while its process follows it.

use std::time::Duration;

use nepho_core::{
    Timestamp,
    journal::{JournalEvent, NewEntry},
    provider::Target,
};
use tokio::time::Instant;

use crate::actions::waiter::TargetWaiter;

/// One target of one operation that is followed.
#[derive(Debug)]
pub struct Followed {
    /// The target's last entry; its events are appended with the same operation and target.
    pub entry: NewEntry,
    /// The target in the form that providers take.
    pub target: Target,
    /// The judge of its reads.
    pub waiter: TargetWaiter,
    /// The time between the request and [`Followed::since`].
    pub before: Duration,
    /// The start of following in this process.
    pub since: Instant,
}

impl Followed {
    /// Creates a target whose request was sent just now.
    pub fn now(entry: NewEntry, target: Target, waiter: TargetWaiter) -> Self {
        Self { entry, target, waiter, before: Duration::ZERO, since: Instant::now() }
    }

    /// Returns the time since the request was sent.
    pub fn elapsed(&self) -> Duration {
        self.before + self.since.elapsed()
    }

    /// Returns the entry of an event of this target.
    pub fn event(&self, at: Timestamp, event: JournalEvent) -> NewEntry {
        NewEntry { at, event, ..self.entry.clone() }
    }
}
