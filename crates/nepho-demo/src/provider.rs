//! The provider: one connected account of the demo cloud.

use async_trait::async_trait;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use nepho_core::{
    Access, Identity, Provider, ProviderError, ResourceKey, Scope,
    provider::{ActionRequest, Detail, Progress, ReadResult, Submission, SweepItem, Target, Ticket, Traffic},
};

use crate::{
    ConnectError, DemoOptions,
    api::{context::Context, identity, list, read, scopes, submit},
    convert,
    fleet::{account::DemoAccount, action_log::ActionLog},
};

/// One account of the demo cloud.
#[derive(Debug)]
pub struct DemoProvider {
    context: Context,
    access: Access,
}

impl DemoProvider {
    /// Finds the account. Reads nothing: the file is read by each call.
    #[expect(clippy::unused_async, reason = "every provider is connected by the same call")]
    pub async fn connect(options: DemoOptions) -> Result<Self, ConnectError> {
        let DemoOptions { realm, directory, clock, access } = options;
        let account = DemoAccount::of(&realm).ok_or(ConnectError::UnknownAccount { realm })?;
        Ok(Self { context: Context::new(account, ActionLog::in_dir(directory), clock), access })
    }
}

#[async_trait]
impl Provider for DemoProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        Ok(identity::identity(&self.context))
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        Ok(scopes::regions(&self.context))
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        // Lazily: the fleet is computed when the caller requests the first item.
        stream::once(async move { stream::iter(list::instances(&self.context, scopes)) }).flatten().boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        read::instances(&self.context, targets, detail)
    }

    fn submit<'a>(&'a self, request: ActionRequest, targets: &'a [Target]) -> BoxStream<'a, Submission> {
        let keys: Vec<ResourceKey> = targets.iter().map(|target| target.key.clone()).collect();
        if self.access == Access::ReadOnly {
            let refused = |key| Submission { key, outcome: Err(ProviderError::ReadOnly) };
            return stream::iter(keys).map(refused).boxed();
        }
        let submitted = async move { submit::submit(&self.context, request.action(), &keys).await };
        stream::once(submitted).flat_map(stream::iter).boxed()
    }

    /// Submissions of the demo cloud hold no ticket, so there is no operation to poll.
    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        let none = || Err(ProviderError::Unsupported { message: "the demo cloud has no operations".to_owned() });
        tickets.iter().map(|_| none()).collect()
    }

    fn converter_version(&self) -> u32 {
        convert::VERSION
    }

    fn traffic(&self) -> Traffic {
        self.context.traffic()
    }
}
