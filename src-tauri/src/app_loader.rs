//! The application while it is being opened: commands wait for it, the window does not.

use std::{sync::Arc, time::Duration};

use nepho_app::{App, AppError, HostKind, Options};
use nepho_wire::failure::{CommandCode, CommandError};
use tauri::async_runtime;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

use crate::command_error::refused;

/// A window that is just closing still holds its data for a moment.
const CLOSING: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(250);

type Opened = Result<App, CommandError>;

/// The application, or the error that keeps it from opening, or neither yet.
#[derive(Clone, Debug)]
pub struct AppLoader {
    state: Arc<watch::Sender<Option<Opened>>>,
    again: Arc<Notify>,
}

impl AppLoader {
    /// Starts a task that opens the data directory, then polls. Reads the disk only.
    pub fn begin() -> Self {
        Self::with(open_patiently)
    }

    fn with<O>(attempt: impl Fn() -> O + Send + 'static) -> Self
    where
        O: Future<Output = Result<App, AppError>> + Send + 'static,
    {
        let loader = Self { state: Arc::new(watch::Sender::new(None)), again: Arc::new(Notify::new()) };
        async_runtime::spawn(open(attempt, loader.clone()));
        loader
    }

    /// Waits for the application, or for the error that keeps it from opening.
    pub async fn app(&self) -> Opened {
        let mut state = self.state.subscribe();
        match state.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(opened)) => opened.clone(),
            Ok(None) | Err(_) => Err(CommandError::new(CommandCode::CannotOpen, "the data was not opened")),
        }
    }

    /// The same, and retries once if opening failed before: the other window may be closed by now.
    pub async fn app_again(&self) -> Opened {
        let mut state = self.state.subscribe();
        let failed = matches!(&*state.borrow_and_update(), Some(Err(_)));
        if failed {
            self.again.notify_one();
            let _ = state.changed().await;
        }
        self.app().await
    }

    /// Waits for the application, however often its opening fails before.
    pub async fn success(&self) -> Option<App> {
        let mut state = self.state.subscribe();
        let opened = state.wait_for(|opened| matches!(opened, Some(Ok(_)))).await.ok()?;
        opened.as_ref()?.as_ref().ok().cloned()
    }

    /// The application, if it is open by now.
    pub fn loaded(&self) -> Option<App> {
        self.state.borrow().as_ref()?.as_ref().ok().cloned()
    }

    /// Takes the application for shutdown; later commands are refused. Dropping the last clone closes
    /// the databases cleanly, so that the next start needs no check.
    pub fn close(&self) -> Option<App> {
        let closing = CommandError::new(CommandCode::CannotOpen, "the window is closing");
        self.state.send_replace(Some(Err(closing)))?.ok()
    }
}

/// Opens until it succeeds, once per request. Keeps no clone of the application, so that `close`
/// returns the last one.
async fn open<O: Future<Output = Result<App, AppError>>>(attempt: impl Fn() -> O, loader: AppLoader) {
    loop {
        let opened = attempt().await.map_err(cannot_open);
        if let Ok(app) = &opened
            && let Err(error) = app.start().await
        {
            tracing::error!(%error, "polling did not begin");
        }
        let succeeded = opened.is_ok();
        loader.state.send_replace(Some(opened));
        if succeeded {
            return;
        }
        loader.again.notified().await;
        loader.state.send_replace(None);
    }
}

async fn open_patiently() -> Result<App, AppError> {
    let until = Instant::now() + CLOSING;
    loop {
        match App::open(Options::new(HostKind::Window)).await {
            Err(AppError::AlreadyOpen { .. }) if Instant::now() < until => sleep(AGAIN).await,
            outcome => return outcome,
        }
    }
}

/// Returns the error of every command while the application cannot be opened.
fn cannot_open(error: AppError) -> CommandError {
    let refusal = refused(error);
    match refusal.code {
        CommandCode::AlreadyOpen => refusal,
        _ => CommandError { code: CommandCode::CannotOpen, ..refusal },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// An opening that fails each time, and how often it was tried.
    fn failing(error: fn() -> AppError) -> (AppLoader, Arc<AtomicUsize>) {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let loader = AppLoader::with(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async move { Err(error()) }
        });
        (loader, tries)
    }

    #[test]
    fn it_is_tried_again_only_when_asked() {
        let (loader, tries) = failing(|| AppError::AlreadyOpen { holder: "process 7".to_owned() });
        async_runtime::block_on(async {
            for _ in 0..3 {
                assert_eq!(loader.app().await.unwrap_err().code, CommandCode::AlreadyOpen);
            }
            assert_eq!(tries.load(Ordering::SeqCst), 1);
            assert_eq!(loader.app_again().await.unwrap_err().code, CommandCode::AlreadyOpen);
            assert_eq!(tries.load(Ordering::SeqCst), 2);
        });
        assert!(loader.loaded().is_none());
    }

    #[test]
    fn whatever_else_stops_it_stops_every_command() {
        let (loader, _) = failing(|| AppError::NotApplicable { reason: "x" });
        let refusal = async_runtime::block_on(loader.app()).unwrap_err();
        assert_eq!(refusal.code, CommandCode::CannotOpen);
        assert_eq!(refusal.message, "x");
    }

    #[test]
    fn the_end_lets_go_of_everything() {
        let place = tempfile::tempdir().unwrap();
        let options = Options { data_dir: Some(place.path().join("data")), ..Options::new(HostKind::Window) };
        let again = options.clone();
        let loader = AppLoader::with(move || App::open(options.clone()));
        async_runtime::block_on(async {
            loader.success().await.unwrap();
            assert!(matches!(App::open(again.clone()).await, Err(AppError::AlreadyOpen { .. })));
            let app = loader.close().unwrap();
            assert_eq!(loader.app().await.unwrap_err().code, CommandCode::CannotOpen);
            app.shutdown().await;
            drop(app);
            // The last clone held the window's lock.
            App::open(again).await.unwrap().shutdown().await;
        });
    }
}
