//! Options of opening the application.

use std::{collections::HashMap, fmt, path::PathBuf, sync::Arc};

use nepho_core::{Clock, SystemClock};
use nepho_keyring::Keyring;

/// The host that this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// The desktop window; one per data directory.
    Window,
    /// The command line; any number at once.
    CommandLine,
}

impl HostKind {
    /// The name in "held by …".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Window => "the Nephoscope window",
            Self::CommandLine => "nepho",
        }
    }
}

/// The environment variables, captured by the host at its start. The application never reads those of
/// the process.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// Creates an environment from a look-up by name.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// Captures the variables of this process. Leaves out those that are not UTF-8.
    pub fn of_process() -> Self {
        let captured: HashMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::new(move |name| captured.get(name).cloned())
    }

    /// The value of a variable; an empty one counts as unset.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may hold secret keys.
        f.write_str("Environment(…)")
    }
}

/// Options of opening the application.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data directory; `None` for `NEPHOSCOPE_DATA_DIR`, else the platform's place.
    pub data_dir: Option<PathBuf>,
    /// The host.
    pub host: HostKind,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The environment variables.
    pub environment: Environment,
    /// The store of secrets.
    pub keyring: Keyring,
}

impl Options {
    /// This machine's clock, environment and keyring.
    pub fn new(host: HostKind) -> Self {
        Self {
            data_dir: None,
            host,
            clock: Arc::new(SystemClock),
            environment: Environment::of_process(),
            keyring: Keyring::system(),
        }
    }
}
