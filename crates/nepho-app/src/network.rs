//! The network of the accounts: every host that requests may go to, as the providers' tables have it.

use nepho_core::{
    Failure, Region,
    network::{AccountHosts, AllowedHost},
    report::AccountStatus,
};

use crate::App;

impl App {
    /// The hosts of every account, by account name. Reads profiles and credential files, and sends
    /// nothing.
    pub async fn network(&self) -> Vec<AccountHosts> {
        let mut network = Vec::new();
        for status in self.accounts() {
            network.push(account_hosts(&status, self.hosts_of(&status).await));
        }
        network
    }

    /// The hosts of one account.
    async fn hosts_of(&self, status: &AccountStatus) -> Result<Vec<AllowedHost>, Failure> {
        let mut known: Vec<Region> =
            status.scopes.iter().map(|scope| Region::new(scope.key.scope.location.as_str())).collect();
        known.dedup();
        self.providers().allowed_hosts(&status.account, &known).await
    }
}

fn account_hosts(status: &AccountStatus, found: Result<Vec<AllowedHost>, Failure>) -> AccountHosts {
    let (hosts, failure) = match found {
        Ok(hosts) => (hosts, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let account = &status.account;
    AccountHosts {
        account: account.id.clone(),
        account_name: account.name.clone(),
        provider: account.provider,
        hosts,
        failure,
    }
}
