//! The conformance harness for a provider that speaks Compute Engine, over the double.

use std::sync::Arc;

use async_trait::async_trait;
use nepho_core::{
    Access, Action, Descriptor, Kind, Location, Provider, ProviderKind, Realm, Region, ResourceKey, Scope, State, Zone,
    provider::Target,
};

use super::{Fault, GcpDouble, GcpInstance, OperationError, PROJECT, Pace, Setup, setup::region};
use crate::conformance::{Cannot, Connect, Harness, Subject};

const ZONE: &str = "europe-west1-b";
const DENIED: &str = "us-east1-c";
/// The number of an instance that does not exist.
const UNKNOWN: &str = "9876543210987654321";

/// A [`Harness`] on its own double, whose operations end only when the suite settles them.
#[derive(Debug)]
pub struct GcpHarness {
    double: GcpDouble,
    subject: Subject,
}

impl GcpHarness {
    /// Starts a new double. `connect` makes a provider of [`PROJECT`] for it.
    pub fn new(descriptor: &'static dyn Descriptor, connect: Connect) -> std::io::Result<Self> {
        let double = GcpDouble::start(Setup { pace: Pace::Held, ..Setup::default() })?;
        for zone in [DENIED, "asia-northeast1-a"] {
            double.put(GcpInstance::new(PROJECT, zone, "bystander"));
        }
        Ok(Self { double, subject: Subject::new(descriptor, connect) })
    }

    /// Returns the double.
    pub fn double(&self) -> &GcpDouble {
        &self.double
    }

    fn target(&self, id: &str) -> Target {
        let key = ResourceKey {
            provider: ProviderKind::Gcp,
            realm: Realm::at_endpoint(PROJECT, &format!("127.0.0.1:{}", self.double.port())),
            region: Region::new(region(ZONE)),
            kind: Kind::Instance,
            native: Arc::from(id),
        };
        Target { key, zone: Some(Zone::new(ZONE)) }
    }
}

#[async_trait]
impl Harness for GcpHarness {
    async fn provider(&self, access: Access) -> Arc<dyn Provider> {
        self.subject.provider(self.double.endpoint(), self.double.token(), access).await
    }

    fn descriptor(&self) -> &'static dyn Descriptor {
        self.subject.descriptor
    }

    async fn create(&self, state: State) -> Result<Target, Cannot> {
        let name = format!("made-{}", self.subject.next_number());
        let instance = GcpInstance::new(PROJECT, ZONE, &name).status(word(state)?).label("made", "here");
        let target = self.target(instance.id());
        self.double.put(instance);
        Ok(target)
    }

    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot> {
        let there = self.double.set_status(PROJECT, ZONE, &key.native, word(state)?);
        if there { Ok(()) } else { Err(Cannot("it is gone")) }
    }

    async fn deny(&self) -> Result<Scope, Cannot> {
        self.double.break_zone(DENIED, Fault::Denied);
        // A page of all zones would still contain the denied zone, so the method fails.
        let none = Fault::Error { status: 400, reason: "invalid".to_owned(), message: "no such list".to_owned() };
        self.double.break_method("instances.aggregatedList", none);
        Ok(Scope { location: Location::new(DENIED), kind: Kind::Instance })
    }

    async fn settle(&self) {
        self.double.settle();
    }

    fn unknown(&self) -> Target {
        self.target(UNKNOWN)
    }

    async fn mutations(&self) -> Result<u64, Cannot> {
        // Includes refused mutations: the cloud has received them.
        let acts = self.double.exchanges().into_iter().filter(|exchange| is_act(&exchange.method)).count();
        Ok(u64::try_from(acts).unwrap_or(u64::MAX))
    }

    async fn fail_next(&self, target: &Target) -> Result<(), Cannot> {
        self.double.fail_next(PROJECT, ZONE, &target.key.native, OperationError::exhausted(ZONE));
        Ok(())
    }

    async fn forbid(&self, _target: &Target, action: Action) -> Result<(), Cannot> {
        self.double.deny(&format!("compute.instances.{}", verb(action)), Some(PROJECT), Some(ZONE));
        Ok(())
    }
}

/// Returns true if a method changes an instance.
fn is_act(method: &str) -> bool {
    method.strip_prefix("instances.").is_some_and(|method| Action::ALL.into_iter().any(|action| verb(action) == method))
}

/// Returns Compute Engine's method for an action.
fn verb(action: Action) -> &'static str {
    match action {
        Action::Start => "start",
        Action::Stop => "stop",
        Action::Reboot => "reset",
        Action::Suspend => "suspend",
        Action::Resume => "resume",
        Action::Terminate => "delete",
    }
}

/// Returns Compute Engine's word for a state.
fn word(state: State) -> Result<&'static str, Cannot> {
    Ok(match state {
        State::Pending => "PROVISIONING",
        State::Running => "RUNNING",
        State::Stopping => "STOPPING",
        State::Stopped => "TERMINATED",
        State::Suspending => "SUSPENDING",
        State::Suspended => "SUSPENDED",
        State::Terminating => "DEPROVISIONING",
        State::Repairing => "REPAIRING",
        State::Terminated => return Err(Cannot("a deleted machine is not shown")),
        State::Unknown => return Err(Cannot("Google's document knows no such word")),
    })
}
