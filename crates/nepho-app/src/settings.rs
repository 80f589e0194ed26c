//! Settings of the window, as words of the host; the host defaults an unknown word.

use std::time::Duration;

use nepho_core::settings::{LONGEST_INTERVAL, SHORTEST_INTERVAL, Settings, SettingsChange};
use nepho_store::{Store, StoreError};

use crate::{App, AppError};

const THEME: &str = "theme";
const LANGUAGE: &str = "language";
const DENSITY: &str = "density";
const POLL_INTERVAL: &str = "poll_interval_s";

/// The time between two sweeps of an account, by default.
const DEFAULT_INTERVAL: Duration = Duration::from_mins(5);

pub(crate) async fn poll_interval(store: &Store) -> Result<Duration, StoreError> {
    let stored = store.setting(POLL_INTERVAL).await?.and_then(|text| text.parse().ok());
    Ok(stored.map_or(DEFAULT_INTERVAL, |seconds| bounded(Duration::from_secs(seconds))))
}

fn bounded(interval: Duration) -> Duration {
    interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
}

impl App {
    /// The settings.
    pub async fn settings(&self) -> Result<Settings, AppError> {
        let store = self.store();
        Ok(Settings {
            theme: store.setting(THEME).await?,
            language: store.setting(LANGUAGE).await?,
            density: store.setting(DENSITY).await?,
            poll_interval: poll_interval(store).await?,
        })
    }

    /// Changes settings; a new poll interval takes effect at once.
    pub async fn update_settings(&self, change: SettingsChange) -> Result<Settings, AppError> {
        let store = self.store();
        for (name, value) in [(THEME, change.theme), (LANGUAGE, change.language), (DENSITY, change.density)] {
            if let Some(value) = value {
                store.put_setting(name, &value).await?;
            }
        }
        if let Some(interval) = change.poll_interval.map(bounded) {
            store.put_setting(POLL_INTERVAL, &interval.as_secs().to_string()).await?;
            if self.is_polling() {
                self.engine().poll(interval);
            }
        }
        self.settings().await
    }
}
