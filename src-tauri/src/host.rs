//! The builder: commands, the window, shutdown.

use std::time::Duration;

use anyhow::Context as _;
use tauri::{Manager as _, RunEvent, async_runtime};

use crate::{app_loader::AppLoader, commands, events, window};

/// The time that shutdown waits for requests and writes. A mutation that takes longer is found in
/// the journal at the next start.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shows the window, and returns when it is closed.
pub fn run() -> anyhow::Result<()> {
    let host = tauri::Builder::default()
        .setup(|host| {
            // The data is opened while the window is built: neither waits for the other.
            let loader = AppLoader::begin();
            events::forward(host.handle(), &loader);
            host.manage(loader);
            window::open(host.handle())?;
            Ok(())
        })
        .on_window_event(window::heard)
        .invoke_handler(tauri::generate_handler![
            commands::get_status,
            commands::query_inventory,
            commands::update_selection,
            commands::get_resource,
            commands::get_document,
            commands::fetch_document,
            commands::copy_command,
            commands::open_console,
            commands::plan_action,
            commands::commit_plan,
            commands::list_operations,
            commands::list_journal,
            commands::verify_journal,
            commands::list_accounts,
            commands::list_hosts,
            commands::find_accounts,
            commands::check_keyring,
            commands::add_account,
            commands::find_projects,
            commands::add_projects,
            commands::verify_account,
            commands::update_account,
            commands::remove_account,
            commands::sync_now,
            commands::add_demo,
            commands::remove_demo,
            commands::get_settings,
            commands::update_settings,
        ])
        .build(tauri::generate_context!())
        .context("failed to open the window")?;
    host.run(|host, event| {
        if let RunEvent::Exit = event {
            end(&host.state::<AppLoader>());
        }
    });
    Ok(())
}

fn end(loader: &AppLoader) {
    let Some(app) = loader.close() else { return };
    let ended = async_runtime::block_on(async { tokio::time::timeout(PATIENCE, app.shutdown()).await });
    if ended.is_err() {
        tracing::warn!("shutdown timed out; the journal shows which actions are unknown");
    }
}
