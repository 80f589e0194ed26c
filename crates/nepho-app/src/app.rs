//! The façade: one value that both hosts call, over one data directory.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use nepho_core::{
    Timestamp,
    status::{Changes, OpenNote},
};
use nepho_engine::Engine;
use nepho_index::Snapshot;
use nepho_store::Store;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    inventory::state::{LastHits, Selection},
    process::locks::Held,
    providers::ProviderFactory,
};

/// The application. A clone is cheap and refers to the same application.
#[derive(Clone, Debug)]
pub struct App(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) providers: Arc<ProviderFactory>,
    pub(crate) notes: Vec<OpenNote>,
    pub(crate) selection: Mutex<Selection>,
    pub(crate) last_hits: Mutex<Option<LastHits>>,
    pub(crate) polling: AtomicBool,
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// The window's lock, for as long as it lives.
    pub(crate) _window: Option<Held>,
}

impl App {
    /// Sets the visibility of the window; a hidden window polls less often.
    pub fn hidden(&self, hidden: bool) {
        self.0.engine.set_background(hidden);
    }

    /// Starts a sweep of every account in the background.
    pub fn refresh(&self) {
        self.0.engine.refresh();
    }

    /// Generation numbers that grow with every change; a hint to ask again.
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.0.engine.changes()
    }

    /// Returns true once the full inventory is in memory; until then only the default query has rows.
    pub fn is_ready(&self) -> bool {
        self.0.engine.is_loaded()
    }

    /// Waits until the full inventory is in memory.
    pub async fn ready(&self) {
        self.0.engine.loaded().await;
    }

    /// The current inventory; immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.engine.snapshot()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn store(&self) -> &Store {
        self.0.engine.store()
    }

    pub(crate) fn providers(&self) -> &ProviderFactory {
        &self.0.providers
    }

    /// The current time by the application's clock.
    pub fn now(&self) -> Timestamp {
        self.0.providers.clock.now()
    }

    pub(crate) fn is_polling(&self) -> bool {
        self.0.polling.load(Ordering::Relaxed)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.0.engine.changes().borrow().inventory
    }
}
