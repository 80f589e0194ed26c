//! A descriptor for the fake provider: EC2's rules, JSON documents.

use nepho_core::{
    Account, Action, Capabilities, Descriptor, Document, Kind, Resource, State,
    capability::{ActionMode, ActionRule},
    descriptor::DocumentError,
    provider::ActionRequest,
};

/// The descriptor of [`FakeProvider`](super::FakeProvider): stop and reboot are graceful, and
/// listings show full documents.
pub static FAKE_DIALECT: FakeDescriptor = FakeDescriptor { instances: &PLAIN };

/// The descriptor of a rougher cloud: a reboot cuts the power, stop and suspend require that local
/// disks may be discarded, and listings show a part of each document.
pub static ROUGH_DIALECT: FakeDescriptor = FakeDescriptor { instances: &ROUGH };

/// A descriptor that has instances, accepts actions in the states in which EC2 and Compute Engine
/// do, and reads JSON documents.
#[derive(Clone, Copy, Debug)]
pub struct FakeDescriptor {
    instances: &'static Capabilities,
}

static PLAIN: Capabilities = Capabilities {
    actions: &rules(ActionMode::Graceful, ActionMode::Graceful),
    max_batch: 1000,
    lists_part_of_document: false,
};

static ROUGH: Capabilities = Capabilities {
    actions: &rules(ActionMode::Hard, ActionMode::DiscardsLocalDisks),
    max_batch: 1000,
    lists_part_of_document: true,
};

/// Returns the rules, with the mode of a reboot and the mode of stop and suspend.
const fn rules(reboots: ActionMode, stops: ActionMode) -> [ActionRule; 6] {
    const PLAIN: ActionMode = ActionMode::Graceful;
    [
        rule(Action::Start, &[State::Stopped], &[State::Pending, State::Running], PLAIN),
        rule(Action::Stop, &[State::Running], &[State::Stopping, State::Stopped], stops),
        rule(Action::Reboot, &[State::Running], &[], reboots),
        rule(Action::Suspend, &[State::Running], &[State::Suspending, State::Suspended], stops),
        rule(Action::Resume, &[State::Suspended], &[State::Pending, State::Running], PLAIN),
        rule(
            Action::Terminate,
            &[State::Pending, State::Running, State::Stopping, State::Stopped, State::Suspended],
            &[State::Terminating, State::Terminated],
            PLAIN,
        ),
    ]
}

const fn rule(action: Action, from: &'static [State], already: &'static [State], mode: ActionMode) -> ActionRule {
    ActionRule::new(action, from, already).mode(mode)
}

impl Descriptor for FakeDescriptor {
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities> {
        match kind {
            Kind::Instance => Some(self.instances),
        }
    }

    fn console_url(&self, resource: &Resource) -> Option<String> {
        Some(format!("https://console.example/{}", resource.key.native))
    }

    fn command(&self, _account: &Account, request: ActionRequest, resources: &[Resource]) -> Option<String> {
        let ids: Vec<&str> = resources.iter().map(|resource| &*resource.key.native).collect();
        Some(format!("fake {} {}", request.action(), ids.join(" ")))
    }

    fn document_json(&self, document: &Document) -> Result<String, DocumentError> {
        serde_json::from_slice::<serde_json::Value>(&document.bytes)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .map_err(|error| DocumentError { reason: error.to_string() })
    }
}
