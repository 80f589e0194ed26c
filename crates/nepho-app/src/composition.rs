//! Accounts become providers here: the one place that knows which clouds there are.

use std::sync::Arc;

use async_trait::async_trait;
use nepho_aws::{AwsCredentials, AwsFiles, AwsOptions, AwsProvider};
use nepho_core::{
    Account, AccountId, Clock, CredentialSource, Dialect, Failure, FailureCode, Provider, ProviderKind, journal::RunId,
    request::Credentials,
};
use nepho_demo::DemoProvider;
use nepho_engine::{AccountLock, Host};
use nepho_keyring::Patience;
use url::Url;

use crate::{
    Environment, HostKind,
    directory::Directory,
    locks::{self, Held},
    vault::Vault,
};

/// This process, as the engine sees it.
#[derive(Debug)]
pub(crate) struct Composition {
    pub(crate) directory: Directory,
    pub(crate) environment: Environment,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: HostKind,
    pub(crate) run: RunId,
    /// Says that this run is alive, until the process ends.
    pub(crate) _alive: Held,
}

#[async_trait]
impl Host for Composition {
    async fn connect(&self, account: &Account) -> Result<Arc<dyn Provider>, Failure> {
        let credentials = match &account.source {
            CredentialSource::BuiltIn => None,
            CredentialSource::Environment => Some(Credentials::Environment),
            CredentialSource::Profile(profile) => Some(Credentials::Profile(profile.clone())),
            // In the background: a locked keyring is a state to show, not a prompt out of nowhere.
            CredentialSource::Keyring => Some(self.vault.read(&account.id, Patience::Background).await?),
        };
        self.connect_with(account, credentials.as_ref()).await
    }

    fn dialect(&self, provider: ProviderKind) -> &'static dyn Dialect {
        match provider {
            ProviderKind::Aws => &nepho_aws::DIALECT,
            ProviderKind::Demo => &nepho_demo::DIALECT,
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
        *run == self.run || locks::is_alive(&self.directory, run)
    }
}

impl Composition {
    /// Builds the account's provider with credentials that are at hand. Sends nothing.
    pub(crate) async fn connect_with(
        &self,
        account: &Account,
        credentials: Option<&Credentials>,
    ) -> Result<Arc<dyn Provider>, Failure> {
        match account.provider {
            ProviderKind::Aws => {
                let options = self.aws_options(account, credentials)?;
                // Boxed: the SDK's loading of profiles makes it a large future.
                Ok(Arc::new(Box::pin(AwsProvider::connect(options)).await?))
            }
            ProviderKind::Demo => {
                let realm = account.realm.as_ref().ok_or_else(|| missing("a demo account has no realm"))?;
                DemoProvider::new(realm, self.directory.root(), Arc::clone(&self.clock), account.access)
                    .map(|provider| Arc::new(provider) as Arc<dyn Provider>)
                    .map_err(|error| Failure { code: FailureCode::Other, message: error.to_string() })
            }
        }
    }

    /// The AWS configuration files of this person.
    pub(crate) fn aws_files(&self) -> AwsFiles {
        AwsFiles::locate(|name| self.environment.get(name))
    }

    /// The access key in the environment, if there is one.
    pub(crate) fn aws_environment(&self) -> Option<AwsCredentials> {
        nepho_aws::environment_credentials(|name| self.environment.get(name))
    }

    fn aws_options(&self, account: &Account, credentials: Option<&Credentials>) -> Result<AwsOptions, Failure> {
        let credentials = match credentials {
            Some(Credentials::Keys { access_key_id, secret_access_key, session_token }) => AwsCredentials::Keys {
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                session_token: session_token.clone(),
            },
            Some(Credentials::Profile(profile)) => AwsCredentials::Profile(profile.clone()),
            Some(Credentials::Environment) => self
                .aws_environment()
                .ok_or_else(|| missing("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"))?,
            None => return Err(missing("an AWS account needs credentials")),
        };
        let endpoint = match &account.endpoint {
            None => None,
            Some(endpoint) => Some(Url::parse(endpoint).map_err(|_| missing("the stored endpoint is not a URL"))?),
        };
        Ok(AwsOptions {
            endpoint,
            regions: account.regions.clone(),
            access: account.access,
            realm: account.realm.clone(),
            files: self.aws_files(),
            ..AwsOptions::new(credentials)
        })
    }
}

fn missing(message: &str) -> Failure {
    Failure { code: FailureCode::CredentialsMissing, message: message.to_owned() }
}
