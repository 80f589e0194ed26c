//! The provider: one connected AWS account.

use async_trait::async_trait;
use futures::{StreamExt, stream, stream::BoxStream};
use nepho_core::{
    Action, Identity, Provider, ProviderError, ResourceKey, Scope,
    provider::{Detail, Observation, Submission, SweepItem, Traffic},
};

use crate::{AwsOptions, ConnectError};

/// One AWS account, connected.
#[derive(Debug)]
pub struct AwsProvider {
    _options: AwsOptions,
}

impl AwsProvider {
    /// Prepares the clients. Asks nothing of AWS: the first request is the first `verify`.
    pub async fn connect(options: AwsOptions) -> Result<Self, ConnectError> {
        Ok(Self { _options: options })
    }
}

#[async_trait]
impl Provider for AwsProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        Err(ProviderError::Unsupported { message: "verify".to_owned() })
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        Ok(Vec::new())
    }

    fn list<'a>(&'a self, _scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        stream::empty().boxed()
    }

    async fn observe(&self, _keys: &[ResourceKey], _detail: Detail) -> Vec<Observation> {
        Vec::new()
    }

    async fn submit(&self, _action: Action, _keys: &[ResourceKey]) -> Vec<Submission> {
        Vec::new()
    }

    fn converter(&self) -> u32 {
        1
    }

    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}
