//! The façade: one value that both hosts call, over one data directory.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use nepho_core::{
    Timestamp,
    journal::RunId,
    status::{Changes, OpenNote},
};
use nepho_engine::Engine;
use nepho_index::Snapshot;
use nepho_store::Store;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    AppError, HostKind, Options,
    credentials::store::CredentialStore,
    inventory::LastHits,
    inventory::selection::Selection,
    process::background,
    process::directory::{self, Directory},
    process::locks::{self, Held, HeldBy},
    providers::ProviderFactory,
    providers::gcp::SignIns,
    settings,
};

/// The application. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

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
    /// Held by a window as long as it lives.
    _window: Option<Held>,
}

impl App {
    /// Opens the data directory. Nothing is sent and no keyring is asked; a window polls only
    /// after [`App::start`].
    ///
    /// # Errors
    ///
    /// [`AppError::AlreadyOpen`] for a second window; the store's own when the directory is not
    /// ours alone or a database is newer than this program.
    pub async fn open(options: Options) -> Result<Self, AppError> {
        let Options { data_dir, host, clock, environment, keyring } = options;
        let root = directory::resolve(data_dir, &environment)?;
        let (store, notes) = Store::open(&root)?;
        let directory = Directory::open(&root)?;
        let window = match host {
            HostKind::Window => match locks::try_take(&directory.window_lock(), host)? {
                Ok(held) => Some(held),
                Err(HeldBy(holder)) => return Err(AppError::AlreadyOpen { holder }),
            },
            HostKind::CommandLine => None,
        };
        let run = RunId::new(Uuid::now_v7().to_string());
        let alive = locks::announce(&directory, &run, host)?;
        locks::tidy(&directory);
        let providers = Arc::new(ProviderFactory {
            directory,
            environment,
            credential_store: CredentialStore::new(keyring),
            sign_ins: SignIns::default(),
            clock: Arc::clone(&clock),
            host,
            run: run.clone(),
            _alive: alive,
        });
        background::remove_orphan_rows(&store).await?;
        let engine = Engine::start(store, Arc::clone(&providers) as _, clock, run).await?;
        let app = Self(Arc::new(Inner {
            engine,
            providers,
            notes,
            selection: Mutex::default(),
            last_hits: Mutex::default(),
            polling: AtomicBool::new(false),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            _window: window,
        }));
        background::begin(&app);
        Ok(app)
    }

    /// Begins to poll and to watch for what other processes do, for as long as the window lives.
    pub async fn start(&self) -> Result<(), AppError> {
        let interval = settings::poll_interval(self.0.engine.store()).await?;
        self.0.engine.poll(interval);
        self.0.polling.store(true, Ordering::Relaxed);
        background::watch_others(self);
        Ok(())
    }

    /// Says whether the window is hidden; a hidden one polls less often.
    pub fn hidden(&self, hidden: bool) {
        self.0.engine.set_background(hidden);
    }

    /// Sweeps every account now, in the background.
    pub fn refresh(&self) {
        self.0.engine.refresh();
    }

    /// Generation numbers that move when something changed; a hint to ask again.
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.0.engine.changes()
    }

    /// Whether the whole inventory is in memory; until then only the default query is answered.
    pub fn is_ready(&self) -> bool {
        self.0.engine.is_loaded()
    }

    /// Waits until the whole inventory is in memory.
    pub async fn ready(&self) {
        self.0.engine.loaded().await;
    }

    /// Ends polling and following, and waits for what is being sent or stored.
    pub async fn shutdown(&self) {
        self.0.stopping.cancel();
        self.0.engine.shutdown().await;
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// The inventory now; immutable.
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

    /// The present moment, by the application's clock.
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
