//! The four demo accounts.

use nepho_core::{ProviderKind, Realm};

/// Cloud that an account imitates in its names and states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `i-0…` ids, zones such as `eu-west-1b`, lower-case state words.
    Aws,
    /// Numeric ids, zones such as `europe-west4-b`, upper-case state words.
    Gcp,
}

/// Account of the demo cloud.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    /// Its name, which is also its realm.
    pub name: &'static str,
    /// True for an account that is marked as production.
    pub prod: bool,
    /// The cloud that it imitates.
    pub style: Style,
    /// Its regions.
    pub(crate) regions: &'static [&'static str],
    /// The region that its credentials may not read.
    pub(crate) denied: Option<&'static str>,
}

impl DemoAccount {
    /// The provider of every demo account.
    pub const PROVIDER: ProviderKind = ProviderKind::Demo;

    /// The realm that the account is pinned to.
    pub fn realm(&self) -> Realm {
        Realm::new(self.name)
    }

    /// The account of this realm; `None` if the demo cloud has none.
    pub fn of(realm: &Realm) -> Option<&'static Self> {
        ACCOUNTS.iter().find(|account| account.name == realm.as_str())
    }
}

static ACCOUNTS: [DemoAccount; 4] = [
    DemoAccount {
        name: "payments-prod",
        prod: true,
        style: Style::Aws,
        regions: &["ap-northeast-1", "eu-central-1", "eu-west-1", "us-east-1"],
        denied: None,
    },
    DemoAccount {
        name: "platform-dev",
        prod: false,
        style: Style::Aws,
        regions: &["ap-southeast-1", "eu-west-1", "sa-east-1", "us-west-2"],
        denied: Some("ap-southeast-1"),
    },
    DemoAccount {
        name: "search-staging",
        prod: false,
        style: Style::Gcp,
        regions: &["asia-east1", "europe-west4", "us-central1"],
        denied: None,
    },
    DemoAccount {
        name: "data-lake",
        prod: false,
        style: Style::Gcp,
        regions: &["europe-west1", "europe-west4", "us-central1"],
        denied: None,
    },
];

/// The accounts of the demo cloud, in the order of adding them.
pub fn accounts() -> &'static [DemoAccount] {
    &ACCOUNTS
}
