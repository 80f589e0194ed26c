//! The conformance harness for a provider that speaks EC2, over the double.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use nepho_core::{
    Access, Action, Descriptor, Kind, Location, Provider, ProviderKind, Realm, Region, ResourceKey, Scope, State,
    provider::Target,
};

use super::{ACCOUNT, Ec2Double, Ec2Instance, Fault, Setup, id};
use crate::conformance::{Cannot, Connect, Harness, Subject};

const REGION: &str = "eu-west-1";
const DENIED: &str = "us-east-1";
/// The numbers of the first instances, and of an instance that does not exist.
const BYSTANDER: u64 = 0xb;
const UNKNOWN: u64 = 0xdead;

/// A [`Harness`] on its own double, whose transitions end only when the suite settles them.
#[derive(Debug)]
pub struct Ec2Harness {
    double: Ec2Double,
    subject: Subject,
}

impl Ec2Harness {
    /// Starts a new double. `connect` makes a provider for it; the double accepts any key.
    pub fn new(descriptor: &'static dyn Descriptor, connect: Connect) -> std::io::Result<Self> {
        let double = Ec2Double::start(Setup { lag: Duration::from_hours(1), ..Setup::default() })?;
        for region in [DENIED, "us-west-2"] {
            double.put(Ec2Instance::new(region, &id(BYSTANDER)).named("bystander"));
        }
        Ok(Self { double, subject: Subject::new(descriptor, connect) })
    }

    /// Returns the double.
    pub fn double(&self) -> &Ec2Double {
        &self.double
    }

    fn target(&self, number: u64) -> Target {
        let key = ResourceKey {
            provider: ProviderKind::Aws,
            realm: Realm::at_endpoint(ACCOUNT, &format!("127.0.0.1:{}", self.double.port())),
            region: Region::new(REGION),
            kind: Kind::Instance,
            native: Arc::from(id(number)),
        };
        Target { key, zone: None }
    }
}

#[async_trait]
impl Harness for Ec2Harness {
    async fn provider(&self, access: Access) -> Arc<dyn Provider> {
        self.subject.provider(self.double.endpoint(), String::new(), access).await
    }

    fn descriptor(&self) -> &'static dyn Descriptor {
        self.subject.descriptor
    }

    async fn create(&self, state: State) -> Result<Target, Cannot> {
        let number = 0x1000 + self.subject.next_number();
        self.double.put(Ec2Instance::new(REGION, &id(number)).named(&format!("made-{number:x}")).state(state));
        Ok(self.target(number))
    }

    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot> {
        if self.double.set_state(key.region.as_str(), &key.native, state) { Ok(()) } else { Err(Cannot("it is gone")) }
    }

    async fn deny(&self) -> Result<Scope, Cannot> {
        self.double.break_region(DENIED, Fault::Denied);
        Ok(Scope { location: Location::new(DENIED), kind: Kind::Instance })
    }

    async fn settle(&self) {
        self.double.settle();
    }

    fn unknown(&self) -> Target {
        self.target(UNKNOWN)
    }

    async fn mutations(&self) -> Result<u64, Cannot> {
        let acts = ["StartInstances", "StopInstances", "RebootInstances", "TerminateInstances"];
        let count: usize = acts.into_iter().map(|action| self.double.count(action)).sum();
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    async fn fail_next(&self, _target: &Target) -> Result<(), Cannot> {
        Err(Cannot("EC2 keeps no record of an action that could say so"))
    }

    async fn forbid(&self, _target: &Target, _action: Action) -> Result<(), Cannot> {
        Err(Cannot("EC2 tells what is permitted only when it is asked to do it"))
    }
}
