//! Status of the application, in numbers.

use std::path::PathBuf;

use nepho_core::{ProviderKind, report::KeyringStatus};
use nepho_engine::Changes;
use nepho_index::Totals;
use nepho_store::OpenNote;

use crate::App;

/// How the application stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its version.
    pub version: &'static str,
    /// Where its data lives.
    pub data_dir: PathBuf,
    /// Whether the whole inventory is in memory.
    pub ready: bool,
    /// How many accounts there are.
    pub accounts: usize,
    /// Whether the demo cloud is among them.
    pub demo: bool,
    /// The generations.
    pub changes: Changes,
    /// The whole inventory in numbers.
    pub totals: Totals,
    /// How the OS keyring answered the last time.
    pub keyring: KeyringStatus,
    /// What opening the databases had to put right.
    pub notes: Vec<OpenNote>,
}

impl App {
    /// How the application stands.
    pub fn status(&self) -> Status {
        let accounts = self.engine().accounts();
        Status {
            version: env!("CARGO_PKG_VERSION"),
            data_dir: self.providers().directory.root().to_owned(),
            ready: self.is_ready(),
            accounts: accounts.len(),
            demo: accounts.iter().any(|status| status.account.provider == ProviderKind::Demo),
            changes: *self.engine().changes().borrow(),
            totals: self.snapshot().totals(self.now()),
            keyring: self.providers().credential_store.status(),
            notes: self.inner().notes.clone(),
        }
    }
}
