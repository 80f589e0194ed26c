//! The fake cloud's answers: [`Provider`] for [`FakeProvider`].

use std::sync::Arc;

use async_trait::async_trait;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use nepho_core::{
    Access, Action, Identity, Provider, ProviderError, ResourceKey, Scope,
    provider::{
        Accepted, ActionRequest, Detail, Preflight, Progress, ReadResource, ReadResult, Submission, SweepItem, Target,
        Ticket, Traffic,
    },
};

use super::{Call, FakeProvider, Gate, Held, ListStep, Machine, ObserveStep, Recorded, SubmitStep, World};
use crate::instance::{full_document, raw_word};

/// An estimate of the size of an answer, so that traffic grows.
const BYTES_PER_RESOURCE: u64 = 1000;

#[async_trait]
impl Provider for FakeProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        let gates = {
            let mut world = self.world();
            world.calls.push(Recorded::Verify);
            world.counts.verify += 1;
            world.take_gates(&Call::Verify)
        };
        gates.request().await;
        let answer = {
            let mut world = self.world();
            world.count(1);
            world.identity.clone()
        };
        gates.reply().await;
        answer
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        let gates = {
            let mut world = self.world();
            world.calls.push(Recorded::Scopes);
            world.counts.scopes += 1;
            world.take_gates(&Call::Scopes)
        };
        gates.request().await;
        let answer = {
            let mut world = self.world();
            world.count(1);
            world.scopes.clone()
        };
        gates.reply().await;
        answer
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        {
            let mut world = self.world();
            world.calls.push(Recorded::List(scopes.to_vec()));
            world.counts.list += 1;
        }
        stream::select_all(scopes.iter().map(|scope| self.list_scope(scope.clone()))).boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        let gates = {
            let mut world = self.world();
            world.calls.push(Recorded::Observe { targets: targets.to_vec(), detail });
            world.counts.observe += 1;
            world.take_gates(&Call::Observe)
        };
        gates.request().await;
        let answers = {
            let mut world = self.world();
            if !targets.is_empty() {
                world.count(targets.len());
            }
            let keys = targets.iter().map(|target| &target.key);
            keys.map(|key| ReadResult { key: key.clone(), seen: world.read(key, detail) }).collect()
        };
        gates.reply().await;
        answers
    }

    fn submit<'a>(&'a self, request: ActionRequest, targets: &'a [Target]) -> BoxStream<'a, Submission> {
        stream::once(self.answer(request, targets)).flat_map(stream::iter).boxed()
    }

    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        let mut world = self.world();
        world.calls.push(Recorded::Progress(tickets.to_vec()));
        tickets.iter().map(|ticket| world.progress_of(ticket)).collect()
    }

    fn converter_version(&self) -> u32 {
        self.world().converter
    }

    fn traffic(&self) -> Traffic {
        self.world().traffic
    }
}

impl FakeProvider {
    /// Carries out the request on each target.
    async fn answer(&self, request: ActionRequest, targets: &[Target]) -> Vec<Submission> {
        let gates = {
            let mut world = self.world();
            world.calls.push(Recorded::Submit { request, targets: targets.to_vec() });
            world.counts.submit += 1;
            world.take_gates(&Call::Submit)
        };
        gates.request().await;
        let answers = {
            let mut world = self.world();
            let access = self.access.unwrap_or(world.access);
            if access == Access::ReadWrite && !targets.is_empty() {
                world.count(targets.len());
                world.counts.mutations += 1;
            }
            let mut outcome = |key| match access {
                Access::ReadOnly => Err(ProviderError::ReadOnly),
                Access::ReadWrite => world.carry_out(request.action(), key),
            };
            let keys = targets.iter().map(|target| &target.key);
            keys.map(|key| Submission { key: key.clone(), outcome: outcome(key) }).collect()
        };
        gates.reply().await;
        self.world().counts.submit_ended += 1;
        answers
    }

    fn list_scope(&self, scope: Scope) -> BoxStream<'_, SweepItem> {
        let gates = self.world().take_gates(&Call::List(scope.location.clone()));
        stream::once(async move {
            gates.request().await;
            let steps = self.world().listing(&scope);
            gates.reply().await;
            stream::iter(steps).then(move |step| play(scope.clone(), step)).filter_map(|item| async move { item })
        })
        .flatten()
        .boxed()
    }
}

async fn play(scope: Scope, step: ListStep) -> Option<SweepItem> {
    match step {
        ListStep::Page(resources) => Some(SweepItem::Page { scope, resources }),
        ListStep::Complete => Some(SweepItem::Complete { scope }),
        ListStep::Fail(error) => Some(SweepItem::Failed { scope, error }),
        ListStep::Wait(gate) => {
            gate.pass().await;
            None
        }
        ListStep::Sleep(time) => {
            tokio::time::sleep(time).await;
            None
        }
        ListStep::Hang => std::future::pending().await,
    }
}

/// The gates of one call.
struct Gates(Vec<(Held, Gate)>);

impl Gates {
    async fn request(&self) {
        self.pass(Held::Request).await;
    }

    async fn reply(&self) {
        self.pass(Held::Reply).await;
    }

    async fn pass(&self, side: Held) {
        for (held, gate) in &self.0 {
            if *held == side {
                gate.pass().await;
            }
        }
    }
}

impl World {
    /// Takes the oldest gate of each side that holds such a call.
    fn take_gates(&mut self, call: &Call) -> Gates {
        let mut taken = Vec::new();
        for side in [Held::Request, Held::Reply] {
            if let Some(at) = self.gates.iter().position(|(of, held, _)| of == call && *held == side) {
                let (_, held, gate) = self.gates.remove(at);
                taken.push((held, gate));
            }
        }
        Gates(taken)
    }

    fn count(&mut self, resources: usize) {
        self.traffic.requests += 1;
        self.traffic.bytes_in += BYTES_PER_RESOURCE * u64::try_from(resources).unwrap_or(u64::MAX);
    }

    /// Returns the next scripted listing of the scope, or else the true one.
    fn listing(&mut self, scope: &Scope) -> Vec<ListStep> {
        if let Some(steps) = self.listings.get_mut(scope).and_then(std::collections::VecDeque::pop_front) {
            self.count(1);
            return steps;
        }
        if let Some(error) = self.broken.get(scope).cloned() {
            self.count(1);
            return vec![ListStep::Fail(error)];
        }
        let found: Vec<_> = self
            .machines
            .values()
            .filter(|machine| {
                let resource = &machine.listed.resource;
                resource.key.kind == scope.kind && self.place_of(resource) == scope.location.as_str()
            })
            .map(|machine| machine.listed.clone())
            .collect();
        self.count(found.len().max(1));
        found.chunks(self.page).map(|page| ListStep::Page(page.to_vec())).chain([ListStep::Complete]).collect()
    }

    fn read(&mut self, key: &ResourceKey, detail: Detail) -> Result<ReadResource, ProviderError> {
        let step = self.observations.get_mut(&key.native).and_then(std::collections::VecDeque::pop_front);
        let machine = self.machines.get(&key.native).filter(|machine| machine.listed.resource.key == *key);
        let mut listed = match step.unwrap_or(ObserveStep::Truth) {
            ObserveStep::Fail(error) => return Err(error),
            ObserveStep::Seen(listed) => *listed,
            ObserveStep::Truth => match machine {
                Some(machine) => machine.listed.clone(),
                None => return Err(ProviderError::NotFound { key: key.clone() }),
            },
        };
        let preflight = match detail {
            Detail::Plan(action) => {
                let mut preflight = machine.map(|machine| machine.preflight).unwrap_or_default();
                if self.forbidden.contains(&(Arc::clone(&key.native), action)) {
                    preflight.permitted = Some(false);
                }
                preflight
            }
            Detail::State | Detail::Document => Preflight::default(),
        };
        if detail == Detail::Document {
            listed.document = full_document(&listed.resource);
        }
        Ok(ReadResource { listed, preflight })
    }

    /// Returns the next scripted progress of the action, or else the outcome of the instance's last
    /// action once no transition is under way.
    fn progress_of(&mut self, ticket: &Ticket) -> Result<Progress, ProviderError> {
        let native = ticket.as_str();
        if let Some(step) = self.progress.get_mut(native).and_then(std::collections::VecDeque::pop_front) {
            return step;
        }
        Ok(match self.machines.get(native) {
            Some(machine) if machine.goal.is_some() => Progress::Underway,
            Some(Machine { failed: Some(error), .. }) => Progress::Failed(error.clone()),
            _ => Progress::Done,
        })
    }

    fn carry_out(&mut self, action: Action, key: &ResourceKey) -> Result<Accepted, ProviderError> {
        let step = self.submissions.get_mut(&key.native).and_then(std::collections::VecDeque::pop_front);
        let step = step.unwrap_or(SubmitStep::Accept);
        if let SubmitStep::Refuse(error) = step {
            return Err(error);
        }
        let machine = self.machines.get_mut(&key.native).filter(|machine| machine.listed.resource.key == *key);
        let Some(machine) = machine else { return Err(ProviderError::NotFound { key: key.clone() }) };
        if self.forbidden.contains(&(Arc::clone(&key.native), action)) {
            let operation = format!("fake:{action}");
            return Err(ProviderError::PermissionDenied { operation, message: "forbidden".to_owned() });
        }
        let failed = match &step {
            SubmitStep::ComeToNothing(error) => Some(error.clone()),
            _ => None,
        };
        machine.begin(action, failed);
        let ticket = self.ticketed.then(|| Ticket::new(&*key.native));
        match (step, action) {
            (SubmitStep::LoseReply(error), _) => Err(error),
            // EC2's reply to a reboot has no state.
            (_, Action::Reboot) => Ok(Accepted { state: None, raw_state: String::new(), ticket }),
            _ => Ok(Accepted {
                state: Some(action.transition()),
                raw_state: raw_word(action.transition()).to_owned(),
                ticket,
            }),
        }
    }
}
