//! Projects of one sign-in: discovery, and addition of several at once.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use nepho_core::{
    Account, Failure, FailureCode, ProviderKind,
    report::{AddedProject, FoundProject, FoundProjects},
    request::{Credentials, NewProjects},
};

use crate::{
    App, AppError,
    accounts::add::{Draft, checked_name, checked_project},
    credentials::resolved::ResolvedCredentials,
    providers::endpoint,
};

/// The number of projects that are verified at once.
const AT_ONCE: usize = 8;

impl App {
    /// Lists the projects that the credentials can see. Stores nothing; reads a key file for this request
    /// only.
    pub async fn find_projects(
        &self,
        provider: ProviderKind,
        credentials: Credentials,
        endpoint: Option<&str>,
    ) -> Result<FoundProjects, AppError> {
        let found = self.look_for_projects(provider, credentials, endpoint).await;
        self.forget_sign_ins();
        found
    }

    async fn look_for_projects(
        &self,
        provider: ProviderKind,
        credentials: Credentials,
        endpoint: Option<&str>,
    ) -> Result<FoundProjects, AppError> {
        has_projects(provider)?;
        let endpoint = endpoint.map(endpoint::approve).transpose()?;
        let credentials = self.resolve_credentials(provider, credentials).await?;
        let failed = |failure| AppError::Failed { account: None, failure };
        let identity = self.providers().gcp_identity(&credentials, endpoint.as_deref()).map_err(failed)?;
        let projects = identity.projects().await.map_err(|error| failed(Failure::from(&error)))?;
        let accounts = self.accounts();
        let is_added = |project: &str| {
            accounts.iter().map(|status| &status.account).any(|account| {
                account.provider == provider
                    && account.project.as_deref() == Some(project)
                    && account.endpoint == endpoint
            })
        };
        let projects = projects
            .into_iter()
            .map(|project| FoundProject { added: is_added(&project.id), project: project.id, name: project.name })
            .collect();
        Ok(FoundProjects { principal: identity.principal().to_owned(), projects })
    }

    /// Adds projects of one sign-in, each as an account with the project's name. Verifies each; the
    /// failure of one leaves the others. Returns one outcome for each project, in the order of the
    /// request.
    pub async fn add_projects(&self, new: NewProjects) -> Result<Vec<AddedProject>, AppError> {
        let added = self.add_several(new).await;
        self.forget_sign_ins();
        added
    }

    async fn add_several(&self, new: NewProjects) -> Result<Vec<AddedProject>, AppError> {
        has_projects(new.provider)?;
        let endpoint = new.endpoint.as_deref().map(endpoint::approve).transpose()?;
        let mut once = BTreeSet::new();
        let named = new.projects.iter().map(|project| project.trim());
        let projects: Vec<&str> = named.filter(|project| once.insert(*project)).collect();
        if projects.is_empty() {
            return Err(AppError::NotApplicable { reason: "no project is named" });
        }
        let credentials = self.resolve_credentials(new.provider, new.credentials.clone()).await?;
        // Held for all of them, so that they share one sign-in.
        let failed = |failure| AppError::Failed { account: None, failure };
        let _signed_in = self.providers().gcp_identity(&credentials, endpoint.as_deref()).map_err(failed)?;
        let drafts = projects.iter().map(|project| self.draft_of(&new, project, endpoint.clone()));
        // Collected: a stream that holds the closures is not `Send`.
        let visits: Vec<_> = drafts.map(|draft| self.verified_draft(draft, &credentials)).collect();
        let verified = stream::iter(visits).buffered(AT_ONCE).collect().await;
        let outcomes = self.keep_verified(verified, &credentials).await?;
        let said = |(project, outcome): (&str, Result<Account, AppError>)| AddedProject {
            project: project.to_owned(),
            outcome: outcome.map_err(failure_of),
        };
        Ok(projects.into_iter().zip(outcomes).map(said).collect())
    }

    fn draft_of(&self, new: &NewProjects, project: &str, endpoint: Option<String>) -> Result<Draft, AppError> {
        let project = checked_project(new.provider, Some(project.to_owned()))?;
        let name = checked_name(project.as_deref().unwrap_or_default())?;
        self.refuse_known_name(&name, None)?;
        let regions = new.regions.clone();
        Ok(Draft { provider: new.provider, name, project, endpoint, regions, access: new.access, prod: new.prod })
    }

    async fn verified_draft(
        &self,
        draft: Result<Draft, AppError>,
        credentials: &ResolvedCredentials,
    ) -> Result<Account, AppError> {
        self.verified(self.drafted(draft?, credentials), credentials).await
    }

    /// Stores the verified accounts; the outcomes keep their places.
    async fn keep_verified(
        &self,
        verified: Vec<Result<Account, AppError>>,
        credentials: &ResolvedCredentials,
    ) -> Result<Vec<Result<Account, AppError>>, AppError> {
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        let still_new = |account: Account| self.refuse_known(&account).map(|()| account);
        let checked: Vec<_> = verified.into_iter().map(|outcome| outcome.and_then(still_new)).collect();
        let new = checked.iter().filter_map(|outcome| outcome.as_ref().ok().cloned()).collect();
        let mut kept = self.keep_new(new, credentials).await?.into_iter();
        Ok(checked.into_iter().map(|outcome| outcome.and_then(|account| kept.next().unwrap_or(Ok(account)))).collect())
    }
}

fn has_projects(provider: ProviderKind) -> Result<(), AppError> {
    match provider {
        ProviderKind::Gcp => Ok(()),
        ProviderKind::Aws | ProviderKind::Demo => Err(AppError::NotApplicable { reason: "this cloud has no projects" }),
    }
}

/// The failure of one project; an error without a failure code becomes its message.
fn failure_of(error: AppError) -> Failure {
    match error {
        AppError::Failed { failure, .. } => failure,
        other => Failure { code: FailureCode::Other, message: other.to_string() },
    }
}
