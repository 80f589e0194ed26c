//! The publisher of snapshots: queues stored changes and applies many of them at once.
//!
//! A snapshot costs more than a queued change, so a caller queues all it has and then flushes once.
//! While one caller builds a snapshot, the changes of other callers gather for the next one.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use nepho_core::status::Changes;
use nepho_index::{Change, Snapshot};
use tokio::sync::{Mutex as AsyncMutex, watch};

/// The current snapshot, the changes that wait for the next one, and the generations.
#[derive(Debug)]
pub struct Publisher {
    snapshot: ArcSwap<Snapshot>,
    generations: watch::Sender<Changes>,
    /// Changes in the order of the store that are not in the snapshot yet.
    waiting: Mutex<Vec<Change>>,
    /// Held while a snapshot is built.
    turn: AsyncMutex<()>,
}

impl Default for Publisher {
    fn default() -> Self {
        Self {
            snapshot: ArcSwap::from_pointee(Snapshot::empty()),
            generations: watch::Sender::new(Changes::default()),
            waiting: Mutex::default(),
            turn: AsyncMutex::default(),
        }
    }
}

impl Publisher {
    /// Returns the current snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Returns the generations.
    pub fn generations(&self) -> watch::Receiver<Changes> {
        self.generations.subscribe()
    }

    /// Increments generations other than the inventory's.
    pub fn notify(&self, increment: impl FnOnce(&mut Changes)) {
        self.generations.send_modify(increment);
    }

    /// Queues changes for the next [`flush`](Self::flush).
    pub fn queue(&self, changes: Vec<Change>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(changes);
    }

    /// Applies every queued change in one snapshot and increments the inventory's generation. On
    /// return the changes that the caller queued are in the snapshot.
    pub async fn flush(&self) {
        let _turn = self.turn.lock().await;
        let changes = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if changes.is_empty() {
            return; // the caller before has applied them
        }
        let next = self.snapshot.load().apply(changes);
        self.snapshot.store(Arc::new(next));
        self.generations.send_modify(|generations| generations.inventory += 1);
    }
}
