//! Discovery of credentials on this machine: reads names, adds nothing.

use nepho_core::{CredentialSource, ProviderKind, Region, report::FoundAccount};

use crate::App;

impl App {
    /// Lists the credentials on this machine that could become an account.
    pub async fn find_accounts(&self) -> Vec<FoundAccount> {
        let mut found = self.find_in_environment();
        found.extend(self.find_profiles().await);
        found.extend(self.find_application_default());
        let accounts = self.accounts();
        for one in &mut found {
            let uses = |known: &nepho_core::Account| known.provider == one.provider && known.source == one.source;
            one.added = accounts.iter().any(|status| uses(&status.account));
        }
        found
    }

    fn find_in_environment(&self) -> Vec<FoundAccount> {
        let environment = &self.providers().environment;
        let region = environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION"));
        let found = FoundAccount { region: region.map(Region::new), ..aws(CredentialSource::Environment) };
        self.providers().aws_environment().map(|_| found).into_iter().collect()
    }

    async fn find_profiles(&self) -> Vec<FoundAccount> {
        match nepho_aws::profiles(&self.providers().aws_files()).await {
            Ok(names) => names.into_iter().map(|name| aws(CredentialSource::Profile(name))).collect(),
            Err(error) => {
                tracing::warn!(%error, "cannot read the AWS profiles");
                Vec::new()
            }
        }
    }

    fn find_application_default(&self) -> Option<FoundAccount> {
        self.providers().application_default_file()?;
        let environment = &self.providers().environment;
        Some(FoundAccount {
            provider: ProviderKind::Gcp,
            source: CredentialSource::ApplicationDefault,
            region: None,
            project: nepho_gcp::application_default_project(|name| environment.get(name)),
            added: false,
        })
    }
}

fn aws(source: CredentialSource) -> FoundAccount {
    FoundAccount { provider: ProviderKind::Aws, source, region: None, project: None, added: false }
}
