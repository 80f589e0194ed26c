//! Providers that are broken on purpose, one for each rule: they test the suite.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use nepho_core::{
    Access, Action, Identity, Provider, ProviderError, Realm, Scope, State,
    provider::{
        Accepted, ActionRequest, Detail, ListedResource, Preflight, Progress, ReadResult, Submission, SweepItem,
        Target, Ticket, Traffic,
    },
};

use serde_json::json;

use super::Case;

/// A provider that breaks one rule of a correct provider.
#[derive(Debug)]
pub(super) struct Broken {
    good: Arc<dyn Provider>,
    /// A correct provider that may act, for breaking the read-only rule.
    acting: Arc<dyn Provider>,
    breaks: Case,
    calls: AtomicU64,
    access: Access,
}

impl Broken {
    pub(super) fn new(good: Arc<dyn Provider>, acting: Arc<dyn Provider>, access: Access, breaks: Case) -> Self {
        Self { good, acting, breaks, access, calls: AtomicU64::new(0) }
    }

    fn call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    fn spoil_row(&self, row: &mut ListedResource) {
        match self.breaks {
            Case::KeysCarryTheirPlace => row.resource.key.realm = Realm::new("elsewhere"),
            Case::ListsWhatIsThere => row.resource.state = State::Running,
            Case::ListingsRepeat => row.document.bytes = Bytes::from(self.call().to_string()),
            Case::StatesHaveWords => row.resource.raw_state.clear(),
            Case::DocumentsBecomeJson => row.document.bytes = Bytes::from_static(b"<item/>"),
            _ => {}
        }
    }

    fn spoil_item(&self, mut item: SweepItem) -> Vec<SweepItem> {
        if let SweepItem::Page { resources, .. } = &mut item {
            for row in resources.iter_mut() {
                self.spoil_row(row);
            }
            if self.breaks == Case::KeysAreUnique {
                resources.extend(resources.first().cloned());
            }
        }
        match (self.breaks, item) {
            (Case::EachScopeEndsOnce, SweepItem::Complete { .. }) => Vec::new(),
            (Case::NothingFollowsTheEnd, SweepItem::Complete { scope }) => {
                vec![SweepItem::Complete { scope: scope.clone() }, SweepItem::Page { scope, resources: Vec::new() }]
            }
            (Case::DeniedScopeSparesOthers, SweepItem::Failed { scope, .. }) => vec![SweepItem::Complete { scope }],
            (_, item) => vec![item],
        }
    }
}

#[async_trait]
impl Provider for Broken {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        let mut identity = self.good.verify().await?;
        if self.breaks == Case::VerifyIsStable {
            identity.realm = Realm::new(format!("realm-{}", self.call()));
        }
        Ok(identity)
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        let mut scopes = self.good.scopes().await?;
        if self.breaks == Case::ScopesAreUnique {
            scopes.extend(scopes.first().cloned());
        }
        Ok(scopes)
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        self.good.list(scopes).flat_map(|item| stream::iter(self.spoil_item(item))).boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        let detail = if self.breaks == Case::PlanReadsIncludePreflight { Detail::Plan(Action::Stop) } else { detail };
        let mut answers = self.good.observe(targets, detail).await;
        match self.breaks {
            Case::ObserveAnswersEachKey => {
                answers.pop();
            }
            Case::ObserveIsolatesUnknown if answers.iter().any(|answer| answer.seen.is_err()) => {
                for answer in &mut answers {
                    answer.seen = Err(ProviderError::NotFound { key: answer.key.clone() });
                }
            }
            Case::ObserveSeesChanges => {
                for seen in answers.iter_mut().filter_map(|answer| answer.seen.as_mut().ok()) {
                    seen.listed.resource.state = State::Running;
                }
            }
            // Returns a part instead of the full document.
            Case::FullDocumentContainsListed if detail == Detail::Document => {
                for seen in answers.iter_mut().filter_map(|answer| answer.seen.as_mut().ok()) {
                    let part = json!({ "id": &*seen.listed.resource.key.native });
                    seen.listed.document.bytes = Bytes::from(part.to_string());
                }
            }
            // Reports the same permission whatever the cloud says.
            Case::PlanReportsPermission => {
                for seen in answers.iter_mut().filter_map(|answer| answer.seen.as_mut().ok()) {
                    seen.preflight.permitted = Some(true);
                }
            }
            Case::PlanReadsIncludePreflight => {
                for seen in answers.iter_mut().filter_map(|answer| answer.seen.as_mut().ok()) {
                    seen.preflight = Preflight { stop: Some(false), ..Preflight::default() };
                }
            }
            _ => {}
        }
        answers
    }

    fn submit<'a>(&'a self, request: ActionRequest, targets: &'a [Target]) -> BoxStream<'a, Submission> {
        stream::once(self.answer(request, targets)).flat_map(stream::iter).boxed()
    }

    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        let mut answers = self.good.progress(tickets).await;
        for answer in &mut answers {
            let early = self.breaks == Case::TicketsReachTheirEnd && *answer == Ok(Progress::Underway);
            let nice = self.breaks == Case::FailedActionsAreReported && matches!(answer, Ok(Progress::Failed(_)));
            if early || nice {
                *answer = Ok(Progress::Done);
            }
        }
        answers
    }

    fn converter_version(&self) -> u32 {
        self.good.converter_version()
    }

    fn traffic(&self) -> Traffic {
        match self.breaks {
            Case::TrafficGrows => Traffic { requests: 1, bytes_in: 1 },
            // Counts a request for each empty call.
            Case::NothingForNothing => Traffic { requests: self.call(), ..self.good.traffic() },
            _ => self.good.traffic(),
        }
    }
}

impl Broken {
    /// Submits as the broken case does.
    async fn answer(&self, request: ActionRequest, targets: &[Target]) -> Vec<Submission> {
        match self.breaks {
            // Accepts the action and does nothing.
            Case::SubmitActs => {
                let yes = || Accepted {
                    state: Some(request.action().transition()),
                    raw_state: "on its way".to_owned(),
                    ticket: None,
                };
                targets.iter().map(|target| Submission { key: target.key.clone(), outcome: Ok(yes()) }).collect()
            }
            // Stops the instance, and reports it as suspended.
            Case::SuspendsAndResumes if request.action() == Action::Suspend => {
                let mut answers: Vec<Submission> = self.good.submit(Action::Stop.into(), targets).collect().await;
                for accepted in answers.iter_mut().filter_map(|answer| answer.outcome.as_mut().ok()) {
                    accepted.state = Some(Action::Suspend.transition());
                }
                answers
            }
            // Sends nothing because of one unknown id.
            Case::SubmitIsolatesUnknown => {
                let known = self.good.observe(targets, Detail::State).await;
                match known.into_iter().find_map(|answer| answer.seen.err()) {
                    None => self.good.submit(request, targets).collect().await,
                    Some(error) => {
                        let refused =
                            |target: &Target| Submission { key: target.key.clone(), outcome: Err(error.clone()) };
                        targets.iter().map(refused).collect()
                    }
                }
            }
            // Sends the action, and reports a refusal.
            Case::ReadOnlySendsNothing if self.access == Access::ReadOnly => {
                self.acting.submit(request, targets).collect::<Vec<_>>().await;
                let refused =
                    |target: &Target| Submission { key: target.key.clone(), outcome: Err(ProviderError::ReadOnly) };
                targets.iter().map(refused).collect()
            }
            _ => self.good.submit(request, targets).collect().await,
        }
    }
}
