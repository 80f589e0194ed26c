//! What an AWS account is connected with.

use nepho_aws::{AwsCredentials, AwsFiles, AwsOptions};
use nepho_core::{Account, Failure};

use crate::{
    credentials::resolve::ResolvedCredentials,
    providers::{ProviderFactory, endpoint_of, missing},
};

impl ProviderFactory {
    /// The AWS configuration files of this person.
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
}
