//! The application while it is being opened: commands wait for it, the window does not.

use std::time::Duration;

use nepho_app::{App, AppError, HostKind, Options};
use nepho_wire::failure::{CommandCode, CommandError};
use tauri::async_runtime;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::refusal::refused;

/// A window that is just closing still holds its data for a moment.
const CLOSING: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(100);

type Opened = Result<App, CommandError>;

/// The application, or why it cannot be opened, or neither yet.
#[derive(Clone, Debug)]
pub struct Opening(watch::Receiver<Option<Opened>>);

impl Opening {
    /// Begins to open the data directory on its own task, then to poll. Reads the disk only.
    pub fn begin() -> Self {
        let (sender, receiver) = watch::channel(None);
        async_runtime::spawn(async move {
            let opened = open().await.map_err(cannot_open);
            sender.send_replace(Some(opened.clone()));
            if let Ok(app) = opened
                && let Err(error) = app.start().await
            {
                tracing::error!(%error, "polling did not begin");
            }
        });
        Self(receiver)
    }

    /// Waits for the application.
    pub async fn app(&self) -> Opened {
        let mut opening = self.0.clone();
        match opening.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(opened)) => opened.clone(),
            Ok(None) | Err(_) => Err(CommandError::new(CommandCode::CannotOpen, "it was not opened")),
        }
    }

    /// The application, if it is open by now.
    pub fn opened(&self) -> Option<App> {
        self.0.borrow().as_ref().and_then(|opened| opened.as_ref().ok().cloned())
    }
}

async fn open() -> Result<App, AppError> {
    let until = Instant::now() + CLOSING;
    loop {
        match App::open(Options::new(HostKind::Window)).await {
            Err(AppError::AlreadyOpen { .. }) if Instant::now() < until => sleep(AGAIN).await,
            outcome => return outcome,
        }
    }
}

/// Whatever stops the opening is final: every command answers with it.
fn cannot_open(error: AppError) -> CommandError {
    let refusal = refused(error);
    match refusal.code {
        CommandCode::AlreadyOpen => refusal,
        _ => CommandError { code: CommandCode::CannotOpen, ..refusal },
    }
}
