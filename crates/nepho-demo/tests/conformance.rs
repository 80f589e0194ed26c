//! The conformance suite for the demo cloud, in both styles of account.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::{
    collections::{BTreeSet, hash_map::DefaultHasher},
    fs,
    hash::{Hash as _, Hasher as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use futures::StreamExt as _;
use nepho_core::{
    Access, Action, Descriptor, Kind, Location, Provider, ResourceKey, Scope, State,
    provider::{Detail, SweepItem, Target},
};
use nepho_demo::{DESCRIPTOR, DemoOptions, DemoProvider, FILE_NAME, accounts};
use nepho_testkit::{
    FakeClock,
    conformance::{Cannot, Case, Harness, check},
};
use tempfile::TempDir;

struct Demo {
    account: usize,
    dir: TempDir,
    clock: FakeClock,
    given: Mutex<BTreeSet<ResourceKey>>,
}

impl Demo {
    fn new(account: usize) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self { account, dir, clock: FakeClock::default(), given: Mutex::default() }
    }

    fn open(&self, access: Access) -> DemoProvider {
        let realm = accounts()[self.account].realm();
        let clock = Arc::new(self.clock.clone());
        let options = DemoOptions { clock, access, ..DemoOptions::new(realm, self.dir.path().to_owned()) };
        let made = futures::FutureExt::now_or_never(DemoProvider::connect(options));
        made.expect("nothing to wait for").expect("a demo account")
    }
}

#[async_trait]
impl Harness for Demo {
    async fn provider(&self, access: Access) -> Arc<dyn Provider> {
        Arc::new(self.open(access))
    }

    fn descriptor(&self) -> &'static dyn Descriptor {
        &DESCRIPTOR
    }

    /// Finds a machine in this state that only an action will change.
    async fn create(&self, state: State) -> Result<Target, Cannot> {
        let demo = self.open(Access::ReadOnly);
        let scopes = demo.scopes().await.expect("scopes");
        let items: Vec<SweepItem> = demo.list(&scopes).collect().await;
        for item in items {
            let SweepItem::Page { resources, .. } = item else { continue };
            for one in resources {
                let resource = one.resource;
                let quiet = resource.facts.group.is_none()
                    && !resource.facts.root_is_local
                    && !resource.name.starts_with("dev-")
                    && resource.state == state;
                if !quiet || self.given.lock().expect("whole").contains(&resource.key) {
                    continue;
                }
                let seen = demo
                    .observe(&[target(&resource.key)], Detail::Plan(Action::Stop))
                    .await
                    .remove(0)
                    .seen
                    .expect("seen");
                let preflight = seen.preflight;
                if (preflight.stop, preflight.termination) == (Some(false), Some(false)) {
                    self.given.lock().expect("whole").insert(resource.key.clone());
                    return Ok(Target::from(&resource));
                }
            }
        }
        Err(Cannot("there is none left"))
    }

    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot> {
        let action = match state {
            State::Running => Action::Start,
            State::Stopped => Action::Stop,
            _ => return Err(Cannot("only running and stopped")),
        };
        let answers = self.open(Access::ReadWrite).submit(action.into(), &[target(key)]).collect::<Vec<_>>().await;
        assert!(answers[0].outcome.is_ok(), "{answers:?}");
        self.settle().await;
        Ok(())
    }

    async fn deny(&self) -> Result<Scope, Cannot> {
        if accounts()[self.account].name != "platform-dev" {
            return Err(Cannot("only platform-dev has a denied region"));
        }
        Ok(Scope { location: Location::new("ap-southeast-1"), kind: Kind::Instance })
    }

    async fn settle(&self) {
        self.clock.advance(Duration::from_secs(12));
    }

    fn unknown(&self) -> Target {
        let account = &accounts()[self.account];
        target(&format!("demo:{}:{}:instance:i-0ffffffffffffffff", account.name, self.region()).parse().expect("a key"))
    }

    async fn mutations(&self) -> Result<u64, Cannot> {
        let mut hasher = DefaultHasher::new();
        fs::read(self.dir.path().join(FILE_NAME)).ok().hash(&mut hasher);
        Ok(hasher.finish())
    }

    async fn fail_next(&self, _target: &Target) -> Result<(), Cannot> {
        Err(Cannot(NO_RECORD))
    }

    async fn forbid(&self, _target: &Target, _action: Action) -> Result<(), Cannot> {
        Err(Cannot(NO_DENIAL))
    }
}

const NO_RECORD: &str = "the demo cloud keeps no record of an action";
const NO_DENIAL: &str = "the demo cloud permits every action";

/// The cases that do not apply to any account of the demo cloud.
const CANNOT: [(Case, &str); 3] = [
    (Case::TicketsReachTheirEnd, NO_RECORD),
    (Case::FailedActionsAreReported, NO_RECORD),
    (Case::PlanReportsPermission, NO_DENIAL),
];

impl Demo {
    fn region(&self) -> &'static str {
        if accounts()[self.account].name == "platform-dev" { "eu-west-1" } else { "us-central1" }
    }
}

#[tokio::test]
async fn an_account_in_the_style_of_aws_conforms() {
    let suspends = (Case::SuspendsAndResumes, "its instances are EC2's, which are never suspended");
    check(&[&CANNOT[..], &[suspends]].concat(), async || Demo::new(1)).await;
}

#[tokio::test]
async fn an_account_in_the_style_of_gcp_conforms() {
    let denied = (Case::DeniedScopeSparesOthers, "of the demo's accounts only platform-dev has a denied region");
    check(&[&CANNOT[..], &[denied]].concat(), async || Demo::new(2)).await;
}

/// The demo needs no zone.
fn target(key: &ResourceKey) -> Target {
    Target { key: key.clone(), zone: None }
}
