//! Provider factory: builds an account's provider. The only module that tells the clouds apart.

pub(crate) mod aws;
pub(crate) mod endpoint;
pub(crate) mod env;
pub(crate) mod gcp;
pub(crate) mod sign_ins;

use std::sync::Arc;

use async_trait::async_trait;
use nepho_aws::AwsProvider;
use nepho_core::{
    Account, AccountId, Clock, CredentialSource, Descriptor, Failure, FailureCode, Provider, ProviderKind, Region,
    journal::{OperationId, RunId},
    network::AllowedHost,
};
use nepho_demo::DemoProvider;
use nepho_engine::{AccountLock, Host, OperationLock};
use nepho_gcp::GcpProvider;
use nepho_keyring::Prompt;

use crate::{
    Environment, HostKind,
    credentials::resolved::ResolvedCredentials,
    credentials::store::CredentialStore,
    process::directory::Directory,
    process::locks::{self, Held, OtherRuns},
    providers::{endpoint::missing, sign_ins::SignIns},
};

/// The parts of this process that build providers, and its locks; the engine's host.
#[derive(Debug)]
pub(crate) struct ProviderFactory {
    pub(crate) directory: Directory,
    pub(crate) environment: Environment,
    pub(crate) credential_store: CredentialStore,
    pub(crate) sign_ins: SignIns,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: HostKind,
    pub(crate) run: RunId,
    pub(crate) other_runs: OtherRuns,
    /// The lock of this run; other processes see by it that the run is alive.
    pub(crate) _alive: Held,
}

#[async_trait]
impl Host for ProviderFactory {
    async fn connect(&self, account: &Account) -> Result<Arc<dyn Provider>, Failure> {
        // A background sync never prompts: a locked keyring is a status to show.
        let credentials = self.stored_credentials(account, Prompt::Never).await?;
        self.connect_with(account, credentials.as_ref()).await
    }

    fn descriptor(&self, provider: ProviderKind) -> &'static dyn Descriptor {
        match provider {
            ProviderKind::Aws => &nepho_aws::DESCRIPTOR,
            ProviderKind::Gcp => &nepho_gcp::DESCRIPTOR,
            ProviderKind::Demo => &nepho_demo::DESCRIPTOR,
        }
    }

    async fn lock(&self, account: &AccountId) -> Result<AccountLock, Failure> {
        let other = |message: String| Failure { code: FailureCode::Other, message };
        let path = self.directory.account_lock(account).ok_or_else(|| other("the account's id is no name".into()))?;
        match locks::take(&path, self.host).await {
            Ok(Ok(held)) => Ok(Box::new(held)),
            Ok(Err(holder)) => Err(holder.failure("this account")),
            Err(error) => Err(other(error.to_string())),
        }
    }

    fn is_running(&self, run: &RunId) -> bool {
        *run == self.run || self.other_runs.is_alive(&self.directory, run)
    }

    fn signature(&self, run: &RunId) -> Option<String> {
        locks::holder(&self.directory.run_lock(run)?)
    }

    fn lock_operation(&self, operation: &OperationId) -> Option<OperationLock> {
        let path = self.directory.operation_lock(operation)?;
        match locks::try_take(&path, self.host) {
            Ok(Ok(held)) => Some(Box::new(held)),
            Ok(Err(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "cannot take over an operation");
                None
            }
        }
    }

    fn operation_holder(&self, operation: &OperationId) -> Option<String> {
        locks::holder(&self.directory.operation_lock(operation)?)
    }
}

impl ProviderFactory {
    /// The credentials of a stored account; reads the keyring where it holds the key.
    pub(crate) async fn stored_credentials(
        &self,
        account: &Account,
        prompt: Prompt,
    ) -> Result<Option<ResolvedCredentials>, Failure> {
        Ok(match &account.source {
            CredentialSource::BuiltIn => None,
            CredentialSource::Environment => Some(ResolvedCredentials::Environment),
            CredentialSource::Profile(profile) => Some(ResolvedCredentials::Profile(profile.clone())),
            CredentialSource::Variable(name) => Some(ResolvedCredentials::Variable(name.clone())),
            CredentialSource::ApplicationDefault => Some(ResolvedCredentials::ApplicationDefault),
            CredentialSource::SignIn(sign_in) => {
                let key = self.credential_store.sign_in_key(sign_in, prompt).await?;
                Some(ResolvedCredentials::ServiceAccount { sign_in: sign_in.clone(), key })
            }
            CredentialSource::Keyring => Some(self.credential_store.access_key(&account.id, prompt).await?),
        })
    }

    /// Every host that requests of the account may go to; `known` are the places that a listing
    /// found. Reads no keyring, as no secret decides a host.
    pub(crate) async fn allowed_hosts(&self, account: &Account, known: &[Region]) -> Result<Vec<AllowedHost>, Failure> {
        match account.provider {
            ProviderKind::Aws => self.aws_hosts(account, known).await,
            ProviderKind::Gcp => self.gcp_hosts(account),
            ProviderKind::Demo => Ok(Vec::new()),
        }
    }

    /// Builds the account's provider with these credentials. Sends nothing.
    pub(crate) async fn connect_with(
        &self,
        account: &Account,
        credentials: Option<&ResolvedCredentials>,
    ) -> Result<Arc<dyn Provider>, Failure> {
        match account.provider {
            ProviderKind::Aws => {
                let options = self.aws_options(account, credentials)?;
                // Boxed: loading profiles with the SDK makes a large future.
                Ok(Arc::new(Box::pin(AwsProvider::connect(options)).await?))
            }
            ProviderKind::Gcp => {
                let credentials = credentials.ok_or_else(|| missing("a Google Cloud account needs credentials"))?;
                let identity = self.gcp_identity(credentials, account.endpoint.as_deref())?;
                Ok(Arc::new(GcpProvider::connect(self.gcp_options(account, identity)?).await?))
            }
            ProviderKind::Demo => Ok(Arc::new(DemoProvider::connect(self.demo_options(account)?).await?)),
        }
    }
}
