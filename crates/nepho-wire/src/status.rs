//! The application's status and settings.

use std::time::Duration;

use nepho_core::{report::KeyringStatus, settings, status as core_status};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    failure::Failure,
    inventory::{StateTotal, count},
};

/// A request without parameters.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A reply that only says that it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Done {}

/// The application's status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Status {
    /// Its version.
    pub version: String,
    /// The data directory.
    pub data_dir: String,
    /// True once the whole inventory is in memory.
    pub ready: bool,
    /// The number of accounts.
    pub accounts: u32,
    /// True if the demo cloud is among them.
    pub demo: bool,
    /// The generations, as the `changed` event tells them.
    pub changes: Changes,
    /// The whole inventory in numbers.
    pub totals: Totals,
    /// The OS keyring, as far as it was used.
    pub keyring: Keyring,
    /// A repair that was made when the database was opened.
    pub notes: Vec<StartNote>,
}

/// The generations; also the `changed` event's payload. They only grow; a change means that asking
/// again is worthwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Changes {
    /// Rows, their freshness, the selection.
    pub inventory: u64,
    /// Accounts and their scopes.
    pub accounts: u64,
    /// Operations and the journal.
    pub operations: u64,
}

/// The whole inventory in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Totals {
    /// All rows.
    pub all: u64,
    /// The stale ones, without the missing ones.
    pub stale: u64,
    /// Those that the last complete listing of their scope did not show.
    pub missing: u64,
    /// By state.
    pub states: Vec<StateTotal>,
}

/// The last answer of the OS keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keyring {
    /// Not used since the start.
    NotTried,
    /// It is available.
    Ok,
    /// There is none, or it cannot be reached.
    Unavailable,
    /// It is locked, or did not answer in time.
    Locked,
}

/// Asks to check that the OS keyring keeps secrets. The check writes a test secret and deletes it.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CheckKeyringRequest {
    /// True if a locked keyring may ask the operator for its password.
    pub prompt: bool,
}

/// The result of a check of the OS keyring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct KeyringCheck {
    /// The reason why the keyring keeps no secrets now; `null` if it does.
    pub failure: Option<Failure>,
}

/// A repair that was made when the database was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum StartNote {
    /// The cache could not be used; it was moved aside, and polling fills a new one.
    CacheRebuilt {
        /// True if a newer Nephoscope had written it; otherwise it was damaged.
        newer: bool,
        /// Its present place.
        kept: String,
    },
    /// The durable database was damaged; what could be read was saved.
    StateSalvaged {
        /// Journal entries saved.
        entries: u64,
        /// Journal entries known to have existed and not saved.
        lost: u64,
        /// Accounts saved.
        accounts: u64,
        /// Settings saved.
        settings: u64,
        /// The present place of the damaged file.
        kept: String,
    },
}

/// The window's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// The language of the texts.
    pub language: Language,
    /// The height of rows.
    pub density: Density,
    /// Seconds between two polls.
    pub poll_interval_s: u32,
    /// The shortest interval, in seconds.
    pub poll_interval_least_s: u32,
    /// The longest interval, in seconds.
    pub poll_interval_most_s: u32,
}

/// Asks to change settings. A member that is `null` or left out stays as it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateSettingsRequest {
    /// Colours.
    #[ts(optional = nullable)]
    pub theme: Option<Theme>,
    /// The language of the texts.
    #[ts(optional = nullable)]
    pub language: Option<Language>,
    /// The height of rows.
    #[ts(optional = nullable)]
    pub density: Option<Density>,
    /// Seconds between two polls.
    #[ts(optional = nullable)]
    pub poll_interval_s: Option<u32>,
}

macro_rules! setting {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every choice.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word used on the wire and in storage.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// Returns the choice of the stored word; the default for an unknown one, so
            /// that a setting of a later version does not stop this one.
            pub fn from_stored(word: Option<&str>) -> Self {
                Self::ALL.iter().copied().find(|choice| Some(choice.as_str()) == word).unwrap_or_default()
            }
        }
    };
}

setting! {
    /// Colours.
    Theme {
        /// As the desktop is set.
        #[default]
        System = "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}
setting! {
    /// The language of the texts.
    Language {
        /// As the desktop is set.
        #[default]
        System = "system",
        /// English.
        English = "en",
        /// Simplified Chinese.
        Chinese = "zh-CN",
    }
}
setting! {
    /// The height of rows.
    Density {
        /// 28 px.
        #[default]
        Compact = "compact",
        /// 36 px.
        Comfortable = "comfortable",
    }
}

impl From<KeyringStatus> for Keyring {
    fn from(status: KeyringStatus) -> Self {
        match status {
            KeyringStatus::NotTried => Self::NotTried,
            KeyringStatus::Ok => Self::Ok,
            KeyringStatus::Unavailable => Self::Unavailable,
            KeyringStatus::Locked => Self::Locked,
        }
    }
}

impl From<&core_status::Status> for Status {
    fn from(status: &core_status::Status) -> Self {
        Self {
            version: status.version.to_owned(),
            data_dir: status.data_dir.display().to_string(),
            ready: status.ready,
            accounts: u32::try_from(status.accounts).unwrap_or(u32::MAX),
            demo: status.demo,
            changes: status.changes.into(),
            totals: (&status.totals).into(),
            keyring: status.keyring.into(),
            notes: status.notes.iter().map(StartNote::from).collect(),
        }
    }
}

impl From<core_status::Changes> for Changes {
    fn from(changes: core_status::Changes) -> Self {
        Self { inventory: changes.inventory, accounts: changes.accounts, operations: changes.operations }
    }
}

impl From<&core_status::OpenNote> for StartNote {
    fn from(note: &core_status::OpenNote) -> Self {
        match note {
            core_status::OpenNote::CacheRebuilt { fault, kept } => {
                Self::CacheRebuilt { newer: *fault == core_status::CacheFault::Newer, kept: kept.display().to_string() }
            }
            core_status::OpenNote::StateSalvaged { entries, lost, accounts, settings, kept } => Self::StateSalvaged {
                entries: *entries,
                lost: *lost,
                accounts: *accounts,
                settings: *settings,
                kept: kept.display().to_string(),
            },
        }
    }
}

/// A word that this version does not know counts as not chosen.
impl From<&settings::Settings> for Settings {
    fn from(settings: &settings::Settings) -> Self {
        Self {
            theme: Theme::from_stored(settings.theme.as_deref()),
            language: Language::from_stored(settings.language.as_deref()),
            density: Density::from_stored(settings.density.as_deref()),
            poll_interval_s: whole_seconds(settings.poll_interval),
            poll_interval_least_s: whole_seconds(settings::SHORTEST_INTERVAL),
            poll_interval_most_s: whole_seconds(settings::LONGEST_INTERVAL),
        }
    }
}

impl From<UpdateSettingsRequest> for settings::SettingsChange {
    fn from(request: UpdateSettingsRequest) -> Self {
        Self {
            theme: request.theme.map(|choice| choice.as_str().to_owned()),
            language: request.language.map(|choice| choice.as_str().to_owned()),
            density: request.density.map(|choice| choice.as_str().to_owned()),
            poll_interval: request.poll_interval_s.map(|seconds| Duration::from_secs(seconds.into())),
        }
    }
}

fn whole_seconds(interval: Duration) -> u32 {
    u32::try_from(interval.as_secs()).unwrap_or(u32::MAX)
}

impl From<&core_status::Totals> for Totals {
    fn from(totals: &core_status::Totals) -> Self {
        Self {
            all: count(totals.all),
            stale: count(totals.stale),
            missing: count(totals.missing),
            states: totals
                .states
                .iter()
                .map(|(state, number)| StateTotal { state: (*state).into(), count: count(*number) })
                .collect(),
        }
    }
}
