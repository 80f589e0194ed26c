//! The builder: commands, the window, the end.

use std::time::Duration;

use anyhow::Context as _;
use tauri::{Manager as _, RunEvent, async_runtime};

use crate::{commands::*, events, opening::Opening, window};

/// How long the end waits for what is being sent or stored. A mutation that takes longer is found
/// in the journal at the next start.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shows the window, and returns when it is closed.
pub fn run() -> anyhow::Result<()> {
    let host = tauri::Builder::default()
        .setup(|host| {
            // The data is opened beside the window, not before it: neither waits for the other.
            let opening = Opening::begin();
            events::forward(host.handle(), &opening);
            host.manage(opening);
            window::open(host.handle())?;
            Ok(())
        })
        .on_window_event(window::heard)
        .invoke_handler(tauri::generate_handler![
            get_status,
            query_inventory,
            update_selection,
            get_resource,
            get_document,
            copy_command,
            open_console,
            plan_action,
            commit_plan,
            list_operations,
            list_journal,
            verify_journal,
            list_accounts,
            find_accounts,
            add_account,
            verify_account,
            update_account,
            remove_account,
            sync_now,
            add_demo,
            remove_demo,
            get_settings,
            update_settings,
        ])
        .build(tauri::generate_context!())
        .context("failed to open the window")?;
    host.run(|host, event| {
        if let RunEvent::Exit = event {
            end(&host.state::<Opening>());
        }
    });
    Ok(())
}

fn end(opening: &Opening) {
    let Some(app) = opening.opened() else { return };
    let ended = async_runtime::block_on(async { tokio::time::timeout(PATIENCE, app.shutdown()).await });
    if ended.is_err() {
        tracing::warn!("the end did not wait for everything; the journal says what is unknown");
    }
}
