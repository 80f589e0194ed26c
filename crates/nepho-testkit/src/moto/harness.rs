//! The conformance harness for a provider that speaks EC2, over moto: AWS's own client makes and
//! changes instances behind the provider's back.
//!
//! [`Cannot`] reports what moto cannot do; the only patch to moto is transitions that take time.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use nepho_core::{
    Access, Action, Descriptor, Kind, Provider, ProviderKind, Realm, Region, ResourceKey, Scope, State,
    provider::Target,
};
use serde_json::Value;

use super::Moto;
use crate::{
    conformance::{Cannot, Connect, Harness, Subject},
    ec2::id,
    python::Judge,
};

const REGION: &str = "eu-west-1";
/// The region of an instance that no case made.
const ELSEWHERE: &str = "us-east-1";
/// The number of an instance that does not exist.
const UNKNOWN: u64 = 0xdead;

/// A moto and a judge that the harnesses of one test share, one after another: both take seconds to
/// start, and moto resets in milliseconds.
#[derive(Debug)]
pub struct MotoLab {
    moto: Moto,
    judge: Judge,
}

impl MotoLab {
    /// Starts a lab, whose transitions end only when a suite settles them.
    pub fn start() -> io::Result<Arc<Mutex<Self>>> {
        Ok(Arc::new(Mutex::new(Self { moto: Moto::start(Duration::from_hours(1))?, judge: Judge::start()? })))
    }

    fn ask(&mut self, command: &str, region: &str, rest: &[&str]) -> io::Result<Value> {
        let door = self.moto.back_door();
        self.judge.ask(&[&[command, "--endpoint", &door, "--region", region], rest].concat())
    }

    /// Launches one instance, which is pending at first.
    fn launch(&mut self, region: &str, name: &str) -> io::Result<String> {
        let made = self.ask("seed", region, &["--count", "1", "--prefix", name])?;
        let id = made[0]["id"].as_str();
        id.map(str::to_owned).ok_or_else(|| io::Error::other(format!("no machine: {made}")))
    }

    /// Returns the instance's state in EC2's words; `None` if it does not exist.
    fn word(&mut self, region: &str, id: &str) -> io::Result<Option<String>> {
        Ok(self.ask("states", region, &[])?[region][id]["state"].as_str().map(str::to_owned))
    }

    /// Lets the judge act, and ends the transition.
    fn act(&mut self, command: &str, region: &str, id: &str) -> io::Result<()> {
        self.ask(command, region, &["--id", id])?;
        self.moto.settle()
    }
}

/// A [`Harness`] on a moto that was reset after the last case.
#[derive(Debug)]
pub struct MotoHarness {
    lab: Arc<Mutex<MotoLab>>,
    subject: Subject,
    realm: Realm,
    endpoint: String,
}

impl MotoHarness {
    /// Resets the lab. `connect` makes a provider for it. Earlier harnesses of the same lab must
    /// not be used any more.
    pub fn new(lab: &Arc<Mutex<MotoLab>>, descriptor: &'static dyn Descriptor, connect: Connect) -> io::Result<Self> {
        let lab = Arc::clone(lab);
        let (realm, endpoint) = {
            let mut lab = held(&lab);
            lab.moto.reset()?;
            lab.launch(ELSEWHERE, "bystander")?;
            lab.moto.settle()?;
            let answer = lab.ask("account", REGION, &[])?;
            let account =
                answer["account"].as_str().ok_or_else(|| io::Error::other(format!("no account: {answer}")))?;
            let endpoint = lab.moto.endpoint();
            (Realm::at_endpoint(account, endpoint.trim_start_matches("http://")), endpoint)
        };
        Ok(Self { lab, subject: Subject::new(descriptor, connect), realm, endpoint })
    }

    fn target(&self, id: &str) -> Target {
        let key = ResourceKey {
            provider: ProviderKind::Aws,
            realm: self.realm.clone(),
            region: Region::new(REGION),
            kind: Kind::Instance,
            native: Arc::from(id),
        };
        Target { key, zone: None }
    }

    /// Works in the lab. An error there is no finding about the provider, so it ends the test.
    fn in_lab<T>(&self, work: impl FnOnce(&mut MotoLab) -> io::Result<T>) -> T {
        work(&mut held(&self.lab)).unwrap_or_else(|error| panic!("the lab: {error}"))
    }
}

/// Locks the lab, even after a panic of another holder.
fn held(lab: &Mutex<MotoLab>) -> MutexGuard<'_, MotoLab> {
    lab.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Harness for MotoHarness {
    async fn provider(&self, access: Access) -> Arc<dyn Provider> {
        self.subject.provider(self.endpoint.clone(), String::new(), access).await
    }

    fn descriptor(&self) -> &'static dyn Descriptor {
        self.subject.descriptor
    }

    async fn create(&self, state: State) -> Result<Target, Cannot> {
        let stopped = match state {
            State::Running => false,
            State::Stopped => true,
            _ => return Err(Cannot("EC2 launches machines that run")),
        };
        let id = self.in_lab(|lab| {
            let id = lab.launch(REGION, "made")?;
            lab.moto.settle()?;
            if stopped {
                lab.act("stop", REGION, &id)?;
            }
            Ok(id)
        });
        Ok(self.target(&id))
    }

    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot> {
        let (goal, command) = match state {
            State::Running => ("running", "start"),
            State::Stopped => ("stopped", "stop"),
            _ => return Err(Cannot("only starting and stopping can be undone")),
        };
        let (region, id) = (key.region.as_str(), &*key.native);
        let there = self.in_lab(|lab| {
            let now = lab.word(region, id)?;
            if now.as_deref().is_some_and(|now| now != goal) {
                lab.act(command, region, id)?;
            }
            Ok(now.is_some())
        });
        if there { Ok(()) } else { Err(Cannot("it is gone")) }
    }

    async fn deny(&self) -> Result<Scope, Cannot> {
        Err(Cannot("moto compares no condition of a policy with a request, so it can only deny all regions at once"))
    }

    async fn settle(&self) {
        self.in_lab(|lab| lab.moto.settle());
    }

    fn unknown(&self) -> Target {
        self.target(&id(UNKNOWN))
    }

    async fn mutations(&self) -> Result<u64, Cannot> {
        Ok(self.in_lab(|lab| lab.moto.mutations()))
    }

    async fn fail_next(&self, _target: &Target) -> Result<(), Cannot> {
        Err(Cannot("EC2 keeps no record of an action that could say so"))
    }

    async fn forbid(&self, _target: &Target, _action: Action) -> Result<(), Cannot> {
        Err(Cannot("EC2 tells what is permitted only when it is asked to do it"))
    }
}
