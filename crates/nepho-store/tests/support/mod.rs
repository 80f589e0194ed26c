//! Shared parts of the store's tests: rows, entries, and a way to wait for the store.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{collections::BTreeMap, future::Future, path::Path, sync::Arc};

use bytes::Bytes;
use nepho_core::{
    Access, Account, Action, CredentialSource, Document, DocumentFormat, Failure, FailureCode, Goal, Kind, Location,
    ProviderKind, Realm, Region, Resource, ResourceKey, Scope, ScopeKey, State, Timestamp, Zone,
    cache::{RowWrite, RowsCommit, ScopeCommit},
    fingerprint::Fingerprint,
    journal::{Intent, JournalEvent, NewEntry},
    provider::{ActionRequest, StopOptions, Ticket},
    resource::{InstanceFacts, Lifecycle},
};
use nepho_store::Store;

pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

pub fn open(dir: &Path) -> Store {
    let (store, notes) = Store::open(dir).expect("an opened store");
    assert_eq!(notes, [], "no repairs");
    store
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + second, 123_456_789).expect("a time")
}

pub fn scope(region: &str) -> ScopeKey {
    ScopeKey { account: "acc-1".into(), scope: Scope { location: Location::from(region), kind: Kind::Instance } }
}

pub fn key(region: &str, native: &str) -> ResourceKey {
    ResourceKey {
        provider: ProviderKind::Aws,
        realm: Realm::from("123456789012"),
        region: Region::from(region),
        kind: Kind::Instance,
        native: Arc::from(native),
    }
}

/// A row with every member set.
pub fn resource(region: &str, native: &str, name: &str) -> Resource {
    Resource {
        key: key(region, native),
        name: name.to_owned(),
        zone: Some(format!("{region}b").as_str().into()),
        state: State::Running,
        raw_state: "running".to_owned(),
        size: "m6i.xlarge".to_owned(),
        private_ips: vec!["10.0.0.7".parse().expect("an address"), "fd00::7".parse().expect("an address")],
        public_ips: vec!["203.0.113.7".parse().expect("an address")],
        dns_names: vec![format!("{native}.example.internal")],
        tags: BTreeMap::from([
            ("Name".to_owned(), name.to_owned()),
            ("team".to_owned(), "<b>pay\u{202E}ments</b>\n".to_owned()),
        ]),
        created_at: Some(at(-1_000)),
        started_at: Some(at(-500)),
        facts: InstanceFacts {
            lifecycle: Lifecycle::Spot,
            group: Some("asg".to_owned()),
            managed_by: Some("eks".to_owned()),
            root_is_local: true,
            ephemeral_public_ip: Some("203.0.113.7".parse().expect("an address")),
            image: Some("ami-1".to_owned()),
            architecture: Some("arm64".to_owned()),
            platform: Some("Linux/UNIX".to_owned()),
            network: Some("vpc-1".to_owned()),
            subnet: Some("subnet-1".to_owned()),
            security_groups: vec!["sg-1".to_owned(), "sg-2".to_owned()],
            identity: Some("role".to_owned()),
            key_pair: Some("ops".to_owned()),
            disks: vec!["vol-1".to_owned()],
            state_reason: Some("because".to_owned()),
        },
    }
}

pub fn document(text: &str) -> Document {
    Document { format: DocumentFormat::Ec2Xml, bytes: Bytes::from(text.to_owned()) }
}

pub fn write(resource: Resource) -> RowWrite {
    let row = Fingerprint::of_row(&resource, 1);
    let document = document(&format!("<item>{}</item>", resource.key.native));
    let hash = Fingerprint::of_document(&document);
    RowWrite { resource, row, document: Some((document, hash)) }
}

pub fn row(region: &str, native: &str) -> RowWrite {
    write(resource(region, native, &format!("name of {native}")))
}

/// A listing of `region` that started at second `started`, against generation `base`.
pub fn listing(region: &str, base: u64, started: i64, writes: Vec<RowWrite>) -> ScopeCommit {
    ScopeCommit {
        key: scope(region),
        base,
        started_at: at(started),
        writes,
        seen_again: vec![],
        missing: vec![],
        gone: vec![],
    }
}

pub fn reading(region: &str, observed: i64, writes: Vec<RowWrite>) -> RowsCommit {
    RowsCommit { key: scope(region), observed_at: at(observed), writes }
}

pub fn failure() -> Failure {
    Failure { code: FailureCode::PermissionDenied, message: "permission denied for ec2:DescribeInstances".to_owned() }
}

pub fn account(id: &str, name: &str) -> Account {
    Account {
        id: id.into(),
        name: name.to_owned(),
        provider: ProviderKind::Aws,
        project: None,
        source: CredentialSource::Profile("ops".to_owned()),
        endpoint: Some("http://127.0.0.1:5000".to_owned()),
        regions: vec![Region::from("eu-west-1"), Region::from("us-east-1")],
        access: Access::ReadWrite,
        prod: true,
        realm: Some(Realm::from("123456789012")),
        principal: Some("arn:aws:iam::123456789012:user/ops".to_owned()),
        created_at: at(0),
    }
}

pub fn entry(operation: &str, native: &str, event: JournalEvent) -> NewEntry {
    NewEntry {
        at: at(1),
        run: "run-1".into(),
        operation: operation.into(),
        account: "acc-1".into(),
        account_name: "lab".to_owned(),
        key: key("eu-west-1", native),
        name: format!("name of {native}"),
        action: Action::Stop,
        event,
    }
}

/// A stop that is about to be sent.
pub fn sent() -> JournalEvent {
    JournalEvent::Sent(Intent {
        request: ActionRequest::Stop(StopOptions { force: true, ..StopOptions::default() }),
        goal: Goal::State(State::Stopped),
        before: State::Running,
        zone: Some(Zone::new("eu-west-1a")),
    })
}

/// An accepted stop, with the record of its operation.
pub fn accepted() -> JournalEvent {
    JournalEvent::Accepted {
        state: Some(State::Stopping),
        raw_state: "stopping".to_owned(),
        ticket: Some(Ticket::new("zones/a/operations/o-1")),
    }
}
