//! What a host says when it opens the application.

use std::{collections::HashMap, fmt, path::PathBuf, sync::Arc};

use nepho_core::{Clock, SystemClock};
use nepho_keyring::Keyring;

/// Which host this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// The desktop window; one per data directory.
    Window,
    /// The command line; any number at once.
    CommandLine,
}

impl HostKind {
    /// What a person calls it, for "held by …".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Window => "the Nephoscope window",
            Self::CommandLine => "nepho",
        }
    }
}

/// The environment variables, as the host captured them at its start. Nothing else in the
/// application reads the process's own.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// A look-up of one variable by name.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// The variables of this process, captured now. Those that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        let captured: HashMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::new(move |name| captured.get(name).cloned())
    }

    /// The value of a variable; empty ones count as unset.
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

/// How to open the application.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data lives; `None` for `NEPHOSCOPE_DATA_DIR`, else the platform's place.
    pub data_dir: Option<PathBuf>,
    /// Which host this is.
    pub host: HostKind,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The environment variables.
    pub environment: Environment,
    /// Where secrets are kept.
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
