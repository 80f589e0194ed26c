//! Checks of `nepho doctor`, each with a verdict and advice.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use nepho_core::{
    AccountId, CredentialSource, FailureCode, ProviderKind,
    journal::Verification,
    network::AccountHosts,
    report::{AccountStatus, Check, CheckStatus},
    status::OpenNote,
};
use nepho_keyring::Prompt;

use crate::{App, AppError, credentials::secret_id::SecretId};

/// The number of places that one finding names.
const PLACES: usize = 5;

/// Endpoint variables of the clouds' own tools. Nephoscope follows none: the operator approves an
/// endpoint per account.
const REDIRECTS: [&str; 5] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_ENDPOINT_URL_STS",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER",
];

/// The clock skew that is not worth a warning.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(1);

impl App {
    /// Runs every check. Asks the clouds for our identity, and writes a test secret to the keyring for a
    /// moment; changes nothing else.
    pub async fn diagnose(&self) -> Vec<Check> {
        let mut found = vec![self.diagnose_directory()];
        found.extend(self.inner().notes.iter().map(diagnose_note));
        found.push(diagnose_journal(self.verify_journal().await));
        found.push(self.diagnose_clock());
        found.push(self.diagnose_keyring().await);
        found.extend(self.diagnose_application_default());
        found.extend(self.diagnose_redirects());
        found.extend(self.network().await.into_iter().map(diagnose_network));
        let accounts = self.accounts();
        let visits = accounts.iter().map(|status| self.diagnose_account(status));
        found.extend(futures::future::join_all(visits).await.into_iter().flatten());
        found
    }

    fn diagnose_directory(&self) -> Check {
        // The store checked it on opening, and refuses a directory that other users may change.
        let root = self.providers().directory.root().display().to_string();
        diagnosis("data directory", CheckStatus::Ok, format!("{root} is this user's alone"), "")
    }

    /// Compares the clock with the stored times: a later one means that the clock went back. A cloud
    /// refuses a sign-in with a wrong clock, so its own time needs no check.
    fn diagnose_clock(&self) -> Check {
        let scopes = self.accounts().into_iter().flat_map(|status| status.scopes);
        let latest = scopes.filter_map(|scope| scope.as_of.max(scope.attempted_at)).max();
        let now = self.now();
        match latest.filter(|latest| latest.duration_since(now) > CLOCK_SLACK) {
            None => diagnosis("clock", CheckStatus::Ok, format!("it is {now}"), ""),
            Some(latest) => diagnosis(
                "clock",
                CheckStatus::Warning,
                format!("it is {now}, but something was stored at {latest}"),
                "set the clock; ages are wrong until then",
            ),
        }
    }

    async fn diagnose_keyring(&self) -> Check {
        match self.providers().credential_store.probe(Prompt::Never).await {
            Ok(()) => diagnosis("keyring", CheckStatus::Ok, "it keeps secrets".to_owned(), ""),
            Err(failure) => {
                let advice = match failure.code {
                    FailureCode::KeyringLocked => {
                        "unlock the keyring; until then only accounts whose credentials are elsewhere work"
                    }
                    _ => {
                        "start a Secret Service (gnome-keyring, KWallet, KeePassXC), or use accounts whose credentials \
                         are elsewhere (--env, --profile, --adc, --access-token-env)"
                    }
                };
                let needed = self.accounts().iter().any(|status| SecretId::of(&status.account).is_some());
                let verdict = if needed { CheckStatus::Broken } else { CheckStatus::Warning };
                diagnosis("keyring", verdict, failure.message, advice)
            }
        }
    }

    /// Checks that Google's application default credentials exist, where an account needs them. Does not
    /// read their text.
    fn diagnose_application_default(&self) -> Option<Check> {
        let subject = "application default credentials";
        let uses = |status: &AccountStatus| status.account.source == CredentialSource::ApplicationDefault;
        match self.providers().application_default_file() {
            Some(file) => Some(diagnosis(subject, CheckStatus::Ok, format!("they are in {}", file.display()), "")),
            None if self.accounts().iter().any(uses) => Some(diagnosis(
                subject,
                CheckStatus::Broken,
                "there are none on this machine".to_owned(),
                "run `gcloud auth application-default login`",
            )),
            None => None,
        }
    }

    /// Lists variables that would lead other tools to other endpoints. Prints names only: a URL may hold
    /// a password.
    fn diagnose_redirects(&self) -> Option<Check> {
        let environment = &self.providers().environment;
        let set: Vec<&str> = REDIRECTS.into_iter().filter(|name| environment.get(name).is_some()).collect();
        let finding = format!("{} is set, and is not followed", set.join(", "));
        let advice = "where you mean it, approve the endpoint: nepho accounts add … --endpoint URL";
        (!set.is_empty()).then(|| diagnosis("endpoints", CheckStatus::Warning, finding, advice))
    }

    async fn diagnose_account(&self, status: &AccountStatus) -> Vec<Check> {
        let account = &status.account;
        let subject = format!("account {}", account.name);
        let mut found = vec![match self.engine().verify(account).await {
            Ok(identity) => diagnosis(&subject, CheckStatus::Ok, format!("signed in as {identity}"), ""),
            Err(failure) => {
                let advice = advice_for(failure.code, account.provider);
                diagnosis(&subject, CheckStatus::Broken, failure.message, advice)
            }
        }];
        if let Some(endpoint) = &account.endpoint {
            let finding = format!("it talks to {endpoint}, not to the cloud itself");
            found.push(diagnosis(
                &subject,
                CheckStatus::Warning,
                finding,
                "remove the account if you did not mean that",
            ));
        }
        found.extend(self.failed_scopes(&account.id).into_iter().map(|(message, places)| {
            let finding = format!("not listed the last time: {} ({message})", shortened(&places));
            diagnosis(&subject, CheckStatus::Warning, finding, "their rows are as old as they say")
        }));
        found
    }

    /// The places that the last sync could not list, by reason.
    fn failed_scopes(&self, account: &AccountId) -> BTreeMap<String, Vec<String>> {
        let mut failed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for scope in self.snapshot().scopes_of(account) {
            if let Some(failure) = &scope.failure {
                failed.entry(failure.message.clone()).or_default().push(scope.key.scope.location.to_string());
            }
        }
        failed
    }
}

/// The first few places, and the number of the others.
fn shortened(places: &[String]) -> String {
    let shown = places.iter().take(PLACES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match places.len().saturating_sub(PLACES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The hosts of an account: a fact, and never a fault.
fn diagnose_network(account: AccountHosts) -> Check {
    let subject = format!("network of {}", account.account_name);
    if let Some(failure) = account.failure {
        return diagnosis(&subject, CheckStatus::Warning, failure.message, "nothing is sent until then");
    }
    let finding = match account.hosts.len() {
        0 => "no host is contacted".to_owned(),
        1 => "one host may be contacted".to_owned(),
        count => format!("{count} hosts may be contacted, and no others"),
    };
    Check { hosts: account.hosts, ..diagnosis(&subject, CheckStatus::Ok, finding, "") }
}

fn diagnosis(subject: &str, verdict: CheckStatus, finding: String, advice: &str) -> Check {
    Check { subject: subject.to_owned(), verdict, finding, advice: advice.to_owned(), hosts: Vec::new() }
}

fn diagnose_note(note: &OpenNote) -> Check {
    match note {
        OpenNote::CacheRebuilt { kept, .. } => diagnosis(
            "cache",
            CheckStatus::Warning,
            format!("it was unusable and is rebuilt by polling; the old file is {}", kept.display()),
            "sync, then delete that file",
        ),
        OpenNote::StateSalvaged { entries, lost, kept, .. } => diagnosis(
            "journal",
            CheckStatus::Broken,
            format!("it was damaged: {entries} entries kept, {lost} lost; the damaged file is {}", kept.display()),
            "keep that file; check the disk",
        ),
    }
}

fn diagnose_journal(verified: Result<Verification, AppError>) -> Check {
    match verified {
        Ok(Verification::Intact { entries, .. }) => {
            diagnosis("journal", CheckStatus::Ok, format!("{entries} entries, each follows from the one before"), "")
        }
        Ok(Verification::Broken { seq, reason }) => diagnosis(
            "journal",
            CheckStatus::Broken,
            format!("entry {seq} does not follow from the one before: {reason}"),
            "another program changed the file; keep a copy",
        ),
        Err(error) => diagnosis("journal", CheckStatus::Broken, error.to_string(), "check the disk"),
    }
}

fn advice_for(code: FailureCode, provider: ProviderKind) -> &'static str {
    match code {
        FailureCode::PermissionDenied if provider == ProviderKind::Gcp => {
            "grant Compute Viewer (roles/compute.viewer) in the project"
        }
        FailureCode::NotEnabled => "enable the API as the message says, and try again in a minute",
        FailureCode::Unauthenticated => "renew the credentials: nepho accounts set, or sign in again",
        FailureCode::WrongAccount => "use the credentials of the account that this one was added for",
        FailureCode::CredentialsMissing => {
            "set the variables, restore the profile, or sign in with the tool that the account names"
        }
        FailureCode::SecretMissing => "enter the access key, or give the key file, again",
        FailureCode::KeyringLocked | FailureCode::KeyringUnavailable => "unlock or start the keyring",
        FailureCode::Unavailable | FailureCode::TimedOut => "check the network and the endpoint",
        FailureCode::PermissionDenied => "allow sts:GetCallerIdentity and ec2:DescribeRegions",
        _ => "see the message",
    }
}
