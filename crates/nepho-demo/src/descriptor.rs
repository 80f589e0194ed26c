//! Properties of the demo cloud that need no credentials: capabilities, commands, documents.

use nepho_core::{
    Account, Action, Capabilities, Descriptor, Document, DocumentFormat, Kind, Resource, State, capability::ActionRule,
    descriptor::DocumentError, provider::ActionRequest,
};

/// The demo cloud's descriptor.
pub static DESCRIPTOR: DemoDescriptor = DemoDescriptor;

/// The pure half of the demo provider.
#[derive(Clone, Copy, Debug)]
pub struct DemoDescriptor;

pub(crate) static INSTANCES: Capabilities = Capabilities {
    actions: &[
        ActionRule::new(Action::Start, &[State::Stopped], &[State::Pending, State::Running]),
        ActionRule::new(Action::Stop, &[State::Running], &[State::Stopping, State::Stopped]),
        ActionRule::new(Action::Reboot, &[State::Running], &[]),
        ActionRule::new(Action::Suspend, &[State::Running], &[State::Suspending, State::Suspended]),
        ActionRule::new(Action::Resume, &[State::Suspended], &[State::Pending, State::Running]),
        ActionRule::new(
            Action::Terminate,
            &[State::Pending, State::Running, State::Stopping, State::Stopped, State::Suspended],
            &[State::Terminating, State::Terminated],
        ),
    ],
    max_batch: 100,
    lists_part_of_document: false,
};

impl Descriptor for DemoDescriptor {
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities> {
        match kind {
            Kind::Instance => Some(&INSTANCES),
        }
    }

    /// The demo cloud has no console.
    fn console_url(&self, _resource: &Resource) -> Option<String> {
        None
    }

    /// The command of `nepho`: no cloud's own tool knows these machines.
    fn command(&self, _account: &Account, request: ActionRequest, resources: &[Resource]) -> Option<String> {
        if resources.is_empty() {
            return None;
        }
        let keys: Vec<String> = resources.iter().map(|resource| resource.key.to_string()).collect();
        Some(format!("nepho {} {}", request.action(), keys.join(" ")))
    }

    fn document_json(&self, document: &Document) -> Result<String, DocumentError> {
        let unreadable = |reason: String| DocumentError { reason };
        match document.format {
            DocumentFormat::Json => serde_json::from_slice::<serde_json::Value>(&document.bytes)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .map_err(|error| unreadable(error.to_string())),
            DocumentFormat::Ec2Xml => Err(unreadable("a document of the demo cloud is JSON".to_owned())),
        }
    }
}
