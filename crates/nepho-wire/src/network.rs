//! The network of the accounts: every host that requests may go to.

use nepho_core::network as domain;
use serde::Serialize;
use ts_rs::TS;

use crate::{enums::HostPurpose, failure::Failure};

/// The hosts of all accounts, by account name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Network {
    /// The accounts.
    pub accounts: Vec<AccountHosts>,
}

/// The hosts of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AccountHosts {
    /// Nephoscope's own id of the account.
    pub account: String,
    /// The operator's name for it.
    pub name: String,
    /// Every host that its requests may go to; empty for an account without a network.
    pub hosts: Vec<AllowedHost>,
    /// The reason why the hosts are not known; no request is sent until they are.
    pub failure: Option<Failure>,
}

/// One host that requests may go to, or one pattern of hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AllowedHost {
    /// The origin, such as `https://sts.eu-west-1.amazonaws.com`; in a pattern, `*` stands for the
    /// name of a region.
    pub origin: String,
    /// The reason for contacting it.
    pub purpose: HostPurpose,
    /// The region that it serves; `null` for a host of no region, and for a pattern.
    pub region: Option<String>,
    /// True for a pattern: the regions are not known, or may become more.
    pub pattern: bool,
}

impl From<&[domain::AccountHosts]> for Network {
    fn from(accounts: &[domain::AccountHosts]) -> Self {
        Self { accounts: accounts.iter().map(AccountHosts::from).collect() }
    }
}

impl From<&domain::AccountHosts> for AccountHosts {
    fn from(found: &domain::AccountHosts) -> Self {
        Self {
            account: found.account.to_string(),
            name: found.account_name.clone(),
            hosts: found.hosts.iter().map(AllowedHost::from).collect(),
            failure: found.failure.as_ref().map(Failure::from),
        }
    }
}

impl From<&domain::AllowedHost> for AllowedHost {
    fn from(host: &domain::AllowedHost) -> Self {
        Self {
            origin: host.origin.clone(),
            purpose: host.purpose.into(),
            region: host.region.as_ref().map(ToString::to_string),
            pattern: host.is_pattern(),
        }
    }
}
