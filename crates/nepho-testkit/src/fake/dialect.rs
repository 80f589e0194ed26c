//! A dialect for the fake provider: EC2's rules, JSON documents.

use nepho_core::{
    Account, Action, Capabilities, Dialect, Document, Kind, Resource, State, capability::{ActionRule, Manner},
    dialect::DocumentError,
};

/// The dialect of [`FakeProvider`](super::FakeProvider).
pub static FAKE_DIALECT: FakeDialect = FakeDialect;

/// Knows instances, accepts actions in the states in which EC2 does, and reads JSON documents.
#[derive(Clone, Copy, Debug)]
pub struct FakeDialect;

static INSTANCE: Capabilities = Capabilities {
    actions: &[
        ActionRule { action: Action::Start, from: &[State::Stopped], already: &[State::Pending, State::Running], manner: Manner::Plain },
        ActionRule { action: Action::Stop, from: &[State::Running], already: &[State::Stopping, State::Stopped], manner: Manner::Plain },
        ActionRule { action: Action::Reboot, from: &[State::Running], already: &[], manner: Manner::Plain },
        ActionRule {
            action: Action::Terminate,
            from: &[State::Pending, State::Running, State::Stopping, State::Stopped],
            already: &[State::Terminating, State::Terminated], manner: Manner::Plain
        },
    ],
    max_batch: 1000,
    lists_part_of_document: false,
};

impl Dialect for FakeDialect {
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities> {
        match kind {
            Kind::Instance => Some(&INSTANCE),
        }
    }

    fn console_url(&self, resource: &Resource) -> Option<String> {
        Some(format!("https://console.example/{}", resource.key.native))
    }

    fn command(&self, _account: &Account, action: Action, resources: &[Resource]) -> Option<String> {
        let ids: Vec<&str> = resources.iter().map(|resource| &*resource.key.native).collect();
        Some(format!("fake {action} {}", ids.join(" ")))
    }

    fn document_json(&self, document: &Document) -> Result<String, DocumentError> {
        serde_json::from_slice::<serde_json::Value>(&document.bytes)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .map_err(|error| DocumentError { reason: error.to_string() })
    }
}
