//! What can be done with demo machines, and how their documents are read.

use nepho_core::{
    Account, Action, Capabilities, Dialect, Document, DocumentFormat, Kind, Resource, State,
    capability::{ActionRule, Manner},
    dialect::DocumentError,
    provider::Order,
};

/// The demo cloud's dialect.
pub static DIALECT: DemoDialect = DemoDialect;

/// See [`DIALECT`].
#[derive(Clone, Copy, Debug)]
pub struct DemoDialect;

pub(crate) static INSTANCE: Capabilities = Capabilities {
    actions: &[
        ActionRule {
            action: Action::Start,
            from: &[State::Stopped],
            already: &[State::Pending, State::Running],
            manner: Manner::Plain,
        },
        ActionRule {
            action: Action::Stop,
            from: &[State::Running],
            already: &[State::Stopping, State::Stopped],
            manner: Manner::Plain,
        },
        ActionRule { action: Action::Reboot, from: &[State::Running], already: &[], manner: Manner::Plain },
        ActionRule {
            action: Action::Suspend,
            from: &[State::Running],
            already: &[State::Suspending, State::Suspended],
            manner: Manner::Plain,
        },
        ActionRule {
            action: Action::Resume,
            from: &[State::Suspended],
            already: &[State::Pending, State::Running],
            manner: Manner::Plain,
        },
        ActionRule {
            action: Action::Terminate,
            from: &[State::Pending, State::Running, State::Stopping, State::Stopped, State::Suspended],
            already: &[State::Terminating, State::Terminated],
            manner: Manner::Plain,
        },
    ],
    max_batch: 100,
    lists_part_of_document: false,
};

impl Dialect for DemoDialect {
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities> {
        match kind {
            Kind::Instance => Some(&INSTANCE),
        }
    }

    /// The demo cloud has no console.
    fn console_url(&self, _resource: &Resource) -> Option<String> {
        None
    }

    /// No cloud's own tool knows these machines; `nepho` does.
    fn command(&self, _account: &Account, order: Order, resources: &[Resource]) -> Option<String> {
        if resources.is_empty() {
            return None;
        }
        let keys: Vec<String> = resources.iter().map(|resource| resource.key.to_string()).collect();
        Some(format!("nepho {} {}", order.action, keys.join(" ")))
    }

    fn document_json(&self, document: &Document) -> Result<String, DocumentError> {
        let unreadable = |reason: String| DocumentError { reason };
        match document.format {
            DocumentFormat::Json => serde_json::from_slice::<serde_json::Value>(&document.bytes)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .map_err(|error| unreadable(error.to_string())),
            DocumentFormat::Ec2Xml => Err(unreadable("the demo cloud writes JSON".to_owned())),
        }
    }
}
