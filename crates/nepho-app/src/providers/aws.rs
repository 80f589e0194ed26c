//! Connection options of AWS accounts.

use nepho_aws::{AwsCredentials, AwsFiles, AwsOptions, HostFacts};
use nepho_core::{Account, CredentialSource, Failure, Region, network::AllowedHost};

use crate::{
    credentials::resolved::ResolvedCredentials,
    providers::{
        ProviderFactory,
        endpoint::{endpoint_of, missing},
    },
};

impl ProviderFactory {
    /// The AWS configuration files of this user.
    pub(crate) fn aws_files(&self) -> AwsFiles {
        AwsFiles::locate(|name| self.environment.get(name))
    }

    /// The access key in the environment, if there is one.
    pub(crate) fn aws_environment(&self) -> Option<AwsCredentials> {
        nepho_aws::environment_credentials(|name| self.environment.get(name))
    }

    pub(crate) fn aws_options(
        &self,
        account: &Account,
        credentials: Option<&ResolvedCredentials>,
    ) -> Result<AwsOptions, Failure> {
        let credentials = match credentials {
            Some(ResolvedCredentials::Keys { access_key_id, secret_access_key, session_token }) => {
                AwsCredentials::Keys {
                    access_key_id: access_key_id.clone(),
                    secret_access_key: secret_access_key.clone(),
                    session_token: session_token.clone(),
                }
            }
            Some(ResolvedCredentials::Profile(profile)) => AwsCredentials::Profile(profile.clone()),
            Some(ResolvedCredentials::Environment) => self
                .aws_environment()
                .ok_or_else(|| missing("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"))?,
            Some(
                ResolvedCredentials::Variable(_)
                | ResolvedCredentials::ApplicationDefault
                | ResolvedCredentials::ServiceAccount { .. },
            )
            | None => {
                return Err(missing("an AWS account needs credentials"));
            }
        };
        Ok(AwsOptions {
            endpoint: endpoint_of(account.endpoint.as_deref())?,
            regions: account.regions.clone(),
            access: account.access,
            realm: account.realm.clone(),
            files: self.aws_files(),
            ..AwsOptions::new(credentials)
        })
    }
    /// The hosts of an AWS account; `known` are the regions that a listing found.
    pub(crate) async fn aws_hosts(&self, account: &Account, known: &[Region]) -> Result<Vec<AllowedHost>, Failure> {
        let profile = match &account.source {
            CredentialSource::Profile(name) => Some(name.as_str()),
            _ => None,
        };
        let (files, endpoint) = (self.aws_files(), endpoint_of(account.endpoint.as_deref())?);
        let facts = HostFacts { profile, files: &files, endpoint: endpoint.as_ref(), regions: &account.regions, known };
        Ok(nepho_aws::allowed_hosts(facts).await?)
    }
}
