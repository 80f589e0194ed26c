//! Small inventories for the tests.

use std::sync::Arc;

use nepho_core::{
    Access, Account, AccountId, CredentialSource, Kind, Location, ProviderKind, Realm, Region, Resource, ResourceKey,
    Scope, ScopeKey, State, Timestamp, Zone,
    cache::{CachedRow, ScopeRecord},
};
use nepho_index::{Change, Query, Snapshot, Sort};
use nepho_testkit::instance;

/// Returns the time this many seconds after noon of a fixed day.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + seconds).expect("a moment")
}

pub fn account(id: &str, name: &str) -> Account {
    Account {
        id: AccountId::new(id),
        name: name.to_owned(),
        provider: ProviderKind::Aws,
        project: None,
        source: CredentialSource::Environment,
        endpoint: None,
        regions: Vec::new(),
        access: Access::ReadOnly,
        prod: false,
        realm: Some(realm(id)),
        principal: None,
        created_at: at(0),
    }
}

fn realm(account: &str) -> Realm {
    Realm::new(format!("realm-{account}"))
}

pub fn scope(account: &str, region: &str) -> ScopeKey {
    ScopeKey {
        account: AccountId::new(account),
        scope: Scope { location: Location::new(region), kind: Kind::Instance },
    }
}

pub fn key(account: &str, region: &str, id: &str) -> ResourceKey {
    ResourceKey {
        provider: ProviderKind::Aws,
        realm: realm(account),
        region: Region::new(region),
        kind: Kind::Instance,
        native: Arc::from(id),
    }
}

/// A running instance with no other facts.
pub fn row(account: &str, region: &str, id: &str, name: &str) -> CachedRow {
    CachedRow {
        account: AccountId::new(account),
        scope: scope(account, region).scope,
        resource: instance(id).named(name).realm(&realm(account)).region(region).size("").build(),
        missing_since: None,
        observed_at: None,
    }
}

/// Returns the row after a change.
pub fn with(mut row: CachedRow, change: impl FnOnce(&mut Resource)) -> CachedRow {
    change(&mut row.resource);
    row
}

pub fn record(key: &ScopeKey, as_of: i64) -> ScopeRecord {
    ScopeRecord {
        key: key.clone(),
        generation: 1,
        rows: 0,
        as_of: Some(at(as_of)),
        attempted_at: Some(at(as_of)),
        failure: None,
    }
}

/// Two accounts, three regions, and four rows that differ in every searchable fact.
pub fn four() -> Snapshot {
    let web = with(row("a1", "eu-west-1", "i-0aa", "web-1"), |web| {
        web.zone = Some(Zone::new("eu-west-1b"));
        "m6i.xlarge".clone_into(&mut web.size);
        web.private_ips = vec!["10.0.3.47".parse().expect("an address")];
        web.public_ips = vec!["54.171.9.20".parse().expect("an address")];
        web.dns_names = vec!["ec2-54-171-9-20.example.com".to_owned()];
        web.tags = [("env", "prod"), ("team", "Web Ops")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        web.started_at = Some(at(-100));
    });
    let db = with(row("a1", "us-east-1", "i-0bb", "Datenbank-ÄÖ"), |db| {
        db.state = State::Stopped;
        "stopped".clone_into(&mut db.raw_state);
        "r6g.large".clone_into(&mut db.size);
        db.private_ips = vec!["10.0.30.4".parse().expect("an address"), "fd00::4".parse().expect("an address")];
        db.tags = [("env", "development"), ("note", "")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        db.started_at = Some(at(-200));
    });
    let gone = CachedRow {
        missing_since: Some(at(-30)),
        ..with(row("b2", "us-west-2", "i-0cc", "old=box"), |old| {
            old.state = State::Stopping;
            "TERMINATED".clone_into(&mut old.raw_state);
        })
    };
    let unnamed = row("b2", "us-west-2", "i-0dd", "");
    Snapshot::empty().apply(vec![
        Change::Accounts(vec![
            Account { prod: true, ..account("a1", "Payments Prod") },
            Account { provider: ProviderKind::Demo, ..account("b2", "lab") },
        ]),
        Change::Scopes(["eu-west-1", "us-east-1"].map(|region| record(&scope("a1", region), 0)).to_vec()),
        Change::Scopes(vec![record(&scope("b2", "us-west-2"), 0)]),
        Change::ReplaceScope { key: scope("a1", "eu-west-1"), rows: vec![web] },
        Change::ReplaceScope { key: scope("a1", "us-east-1"), rows: vec![db] },
        Change::ReplaceScope { key: scope("b2", "us-west-2"), rows: vec![unnamed, gone] },
    ])
}

/// Returns the ids that a query finds one minute after noon, by name.
pub fn ids(snapshot: &Snapshot, query: &str) -> Vec<String> {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    snapshot.search(&query, Sort::default(), at(60)).keys().iter().map(|key| key.native.to_string()).collect()
}
