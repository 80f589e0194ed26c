//! Planning: reads the targets, has [`evaluate`] judge them, and freezes the result.

use std::collections::HashMap;

use futures::future::join_all;
use nepho_core::{
    Access, Account, AccountId, Action, Clock, Failure, ProviderError, ResourceKey,
    plan::{Nonce, Plan, PlannedTarget},
    provider::{ActionRequest, Detail, ReadResource, Target},
};
use nepho_index::Snapshot;

use crate::{
    Host,
    actions::evaluate::{self, PlanInput},
    actions::journal::Journal,
    actions::pending_plans::{PLAN_TTL, PendingPlan},
    session::Sessions,
    sync::inventory::InventoryWriter,
};

type Fresh = HashMap<ResourceKey, Result<Option<ReadResource>, Failure>>;

/// The planner of one request.
pub struct Planner<'a> {
    pub inventory: &'a InventoryWriter,
    pub sessions: &'a Sessions,
    pub host: &'a dyn Host,
    pub clock: &'a dyn Clock,
    pub accounts: &'a HashMap<AccountId, Account>,
    pub journal: &'a Journal,
}

impl Planner<'_> {
    /// Plans `request` for `keys`: each key once, in the given order.
    pub async fn plan(&self, request: ActionRequest, keys: Vec<ResourceKey>) -> PendingPlan {
        let before = self.inventory.snapshot();
        let mut targets: Vec<ResourceKey> = Vec::with_capacity(keys.len());
        let mut seen = std::collections::HashSet::new();
        targets.extend(keys.into_iter().filter(|key| seen.insert(key.clone())));
        let fresh = self.read(request.action(), &before, &targets).await;
        let planned: Vec<PlannedTarget> =
            targets.into_iter().map(|key| self.evaluate(request, &before, &fresh, key)).collect();
        let group = |target: &PlannedTarget| match fresh.get(&target.key) {
            Some(Ok(Some(observed))) => observed.listed.resource.facts.group.clone(),
            _ => None,
        };
        let groups = planned.iter().map(group).collect();
        let now = self.clock.now();
        let shared = |name: &str| before.find(name, now).len() > 1;
        let confirmation = evaluate::confirmation(request.action(), &planned, shared);
        let nonce = Nonce(uuid::Uuid::new_v4().to_string());
        let plan = Plan {
            nonce,
            request,
            targets: planned,
            confirmation,
            expires_at: now.saturating_add(PLAN_TTL).unwrap_or(now),
        };
        PendingPlan { plan, groups }
    }

    fn evaluate(&self, request: ActionRequest, before: &Snapshot, fresh: &Fresh, key: ResourceKey) -> PlannedTarget {
        let row = before.row(&key);
        let account = row.as_ref().and_then(|row| self.accounts.get(&row.account));
        let (Some(row), Some(account)) = (row, account) else { return evaluate::unknown_target(key) };
        let shown = before.get(&key, self.clock.now());
        evaluate::evaluate(&PlanInput {
            request,
            account,
            row: &row,
            as_of: shown.as_ref().and_then(|shown| shown.as_of),
            stale: shown.as_ref().is_some_and(|shown| shown.stale),
            capabilities: self.host.descriptor(account.provider).capabilities(key.kind),
            fresh: match fresh.get(&key) {
                Some(Ok(observed)) => Ok(observed.as_ref()),
                Some(Err(failure)) => Err(failure.clone()),
                None => Ok(None),
            },
            pending: self.journal.pending(&row.resource.key).as_ref(),
        })
    }

    /// Reads the targets, all accounts in parallel. Targets of a read-only account are not read:
    /// the plan refuses them in any state.
    async fn read(&self, action: Action, before: &Snapshot, targets: &[ResourceKey]) -> Fresh {
        let mut batches: HashMap<&AccountId, Vec<Target>> = HashMap::new();
        let rows: Vec<_> = targets.iter().filter_map(|key| before.row(key)).collect();
        for row in &rows {
            let writable = self.accounts.get(&row.account).is_some_and(|account| account.access == Access::ReadWrite);
            if writable {
                batches.entry(&row.account).or_default().push(Target::from(&row.resource));
            }
        }
        let read = join_all(
            batches
                .into_iter()
                .filter_map(|(id, targets)| Some(self.read_account(action, self.accounts.get(id)?, targets))),
        );
        read.await.into_iter().flatten().collect()
    }

    async fn read_account(
        &self,
        action: Action,
        account: &Account,
        targets: Vec<Target>,
    ) -> Vec<(ResourceKey, Result<Option<ReadResource>, Failure>)> {
        let session = match self.sessions.of(account).await {
            Ok(session) => session,
            Err(failure) => return targets.into_iter().map(|target| (target.key, Err(failure.clone()))).collect(),
        };
        let started_at = self.clock.now();
        let mut fresh = Vec::with_capacity(targets.len());
        let mut listed = Vec::with_capacity(targets.len());
        for observation in session.provider.observe(&targets, Detail::Plan(action)).await {
            let seen = match observation.seen {
                Ok(observed) => {
                    listed.push(observed.listed.clone());
                    Ok(Some(observed))
                }
                Err(ProviderError::NotFound { .. }) => Ok(None),
                Err(error) => Err(Failure::from(&error)),
            };
            fresh.push((observation.key, seen));
        }
        if let Err(error) =
            self.inventory.commit_rows(&account.id, started_at, session.provider.converter_version(), listed).await
        {
            tracing::warn!(%error, "cannot store a fresh read of a plan's targets");
        }
        fresh
    }
}
