//! Options of one demo account's connection.

use std::{path::PathBuf, sync::Arc};

use nepho_core::{Access, Clock, Realm, SystemClock};

/// Options of one demo account's connection.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// The realm of the account; see [`DemoAccount::realm`](crate::DemoAccount::realm).
    pub realm: Realm,
    /// The existing directory of the file [`FILE_NAME`](crate::FILE_NAME), which keeps the actions.
    pub directory: PathBuf,
    /// The clock of the fleet.
    pub clock: Arc<dyn Clock>,
    /// A read-only account refuses every action.
    pub access: Access,
}

impl DemoOptions {
    /// Options of the account of `realm`: read-only, on the system's clock.
    pub fn new(realm: Realm, directory: PathBuf) -> Self {
        Self { realm, directory, clock: Arc::new(SystemClock), access: Access::ReadOnly }
    }
}
