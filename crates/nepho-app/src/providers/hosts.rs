//! The hosts of an account, from its provider's table.

use nepho_core::{Account, CredentialSource, Failure, ProviderKind, Region, Secret, network::AllowedHost};

use crate::providers::{ProviderFactory, endpoint_of};

impl ProviderFactory {
    /// Every host that requests of the account may go to; `known` are the places that a listing
    /// found. The keyring is not read, as no secret decides a host.
    pub(crate) async fn allowed_hosts(&self, account: &Account, known: &[Region]) -> Result<Vec<AllowedHost>, Failure> {
        let endpoint = endpoint_of(account.endpoint.as_deref())?;
        match account.provider {
            ProviderKind::Aws => {
                let profile = match &account.source {
                    CredentialSource::Profile(name) => Some(name.as_str()),
                    _ => None,
                };
                let facts = nepho_aws::HostFacts {
                    profile,
                    files: &self.aws_files(),
                    endpoint: endpoint.as_ref(),
                    regions: &account.regions,
                    known,
                };
                Ok(nepho_aws::allowed_hosts(facts).await?)
            }
            ProviderKind::Gcp => {
                let file = match &account.source {
                    CredentialSource::ApplicationDefault => Some(self.application_default_text()?),
                    _ => None,
                };
                Ok(nepho_gcp::allowed_hosts(file.as_ref(), endpoint.as_ref())?)
            }
            ProviderKind::Demo => Ok(Vec::new()),
        }
    }

    /// The text of the application default credentials of this user.
    pub(crate) fn application_default_text(&self) -> Result<Secret, Failure> {
        let file = self.application_default_file().ok_or_else(|| {
            super::missing("there are no application default credentials; run `gcloud auth application-default login`")
        })?;
        Ok(nepho_gcp::read_key_file(&file)?)
    }
}
