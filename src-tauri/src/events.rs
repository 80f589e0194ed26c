//! The one event: something changed, ask again. It carries numbers, never facts.

use std::time::Duration;

use nepho_wire::status::Changes;
use tauri::{AppHandle, Emitter as _, async_runtime};

use crate::app_loader::AppLoader;

/// A sweep commits many scopes within moments; one hint for all of them is enough.
const APART: Duration = Duration::from_millis(50);

/// Sends a hint after each change, at most one every 50 ms. The last change always sends one.
pub fn forward(host: &AppHandle, loader: &AppLoader) {
    let (host, loader) = (host.clone(), loader.clone());
    async_runtime::spawn(async move {
        let Some(app) = loader.success().await else { return };
        let mut changes = app.changes();
        // Shutdown waits until every clone of the application is dropped.
        drop(app);
        // The window may have stopped asking while the opening failed.
        changes.mark_changed();
        while changes.changed().await.is_ok() {
            let hint = Changes::from(*changes.borrow_and_update());
            if let Err(error) = host.emit("changed", hint) {
                tracing::warn!(%error, "a hint was lost");
            }
            tokio::time::sleep(APART).await;
        }
    });
}
