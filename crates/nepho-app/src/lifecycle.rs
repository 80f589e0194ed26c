//! Life of the application: opening, polling, shutdown.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use nepho_core::journal::RunId;
use nepho_engine::Engine;
use nepho_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    App, AppError, HostKind, Options,
    app::Inner,
    credentials::store::CredentialStore,
    process::{
        background,
        directory::{self, Directory},
        locks::{self, HeldBy, OtherRuns},
    },
    providers::{ProviderFactory, sign_ins::SignIns},
    settings,
};

impl App {
    /// Opens the data directory. Sends nothing and reads no keyring; a window polls after
    /// [`App::start`].
    ///
    /// # Errors
    ///
    /// [`AppError::AlreadyOpen`] for a second window; the store's error when other users may change the
    /// directory or a newer program wrote a database.
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
            other_runs: OtherRuns::default(),
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

    /// Starts polling, and following the changes of other processes.
    pub async fn start(&self) -> Result<(), AppError> {
        let interval = settings::poll_interval(self.0.engine.store()).await?;
        self.0.engine.poll(interval);
        self.0.polling.store(true, Ordering::Relaxed);
        background::watch_others(self);
        Ok(())
    }

    /// Ends polling and following, and waits for requests and writes that are under way.
    pub async fn shutdown(&self) {
        self.0.stopping.cancel();
        self.0.engine.shutdown().await;
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }
}
