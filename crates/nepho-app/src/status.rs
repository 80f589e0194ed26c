//! Status of the application, in numbers.

use nepho_core::{ProviderKind, status::Status};

use crate::App;

impl App {
    /// Returns the application's status.
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
