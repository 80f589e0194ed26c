//! Domain values to convert, with texts from strangers in them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use nepho_core::{
    Access, Account, AccountId, Action, CredentialSource, Failure, FailureCode, Identity, Kind, Location, ProviderKind,
    Realm, Region, Resource, ResourceKey, Scope, ScopeKey, State, Timestamp, Zone,
    cache::{CachedRow, ScopeRecord},
    journal::{Intent, JournalEntry, JournalEvent, NewEntry, OperationId, RunId},
    network::{AccountHosts, AllowedHost, HostPurpose},
    plan::{Confirmation, Nonce, OptionOffers, Plan, PlannedTarget, Refusal, Verdict, Warning},
    provider::{Ticket, Traffic},
    report::{
        AccountStatus, Follower, Operation, OperationTarget, Progress, ScopeReport, SignIn, SyncReport, TargetResult,
        TargetStatus,
    },
    resource::{InstanceFacts, Lifecycle},
};
use nepho_index::{Overlay, RowView};

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn key(native: &str) -> ResourceKey {
    format!("aws:123456789012:eu-west-1:instance:{native}").parse().unwrap()
}

pub(super) fn denied() -> Failure {
    Failure { code: FailureCode::PermissionDenied, message: "permission denied for ec2:DescribeInstances".to_owned() }
}

pub(super) fn row() -> RowView {
    let resource = Resource {
        key: key("i-0ab"),
        zone: Some(Zone::new("eu-west-1b")),
        name: "<b>web</b> \u{202E}gpj".to_owned(),
        state: State::Running,
        raw_state: "running".to_owned(),
        size: "m6i.large".to_owned(),
        private_ips: vec!["10.0.3.7".parse().unwrap()],
        public_ips: vec!["2001:db8::1".parse().unwrap()],
        dns_names: vec!["web.example".to_owned()],
        tags: BTreeMap::from([("env".to_owned(), "prod".to_owned())]),
        created_at: None,
        started_at: Some(at("2026-11-01T08:00:00Z")),
        facts: facts(),
    };
    RowView {
        row: Arc::new(CachedRow {
            account: AccountId::new("7b0c"),
            scope: scope("eu-west-1"),
            resource,
            missing_since: None,
            observed_at: None,
        }),
        account_name: Arc::from("prod"),
        prod: true,
        overlay: Some(Overlay {
            action: Action::Stop,
            state: Some(State::Stopping),
            raw_state: "stopping".to_owned(),
            since: at("2026-11-30T18:00:00Z"),
        }),
        as_of: Some(at("2026-11-30T17:58:00.25Z")),
        stale: true,
        failure: Some(denied()),
    }
}

pub(super) fn facts() -> InstanceFacts {
    InstanceFacts {
        lifecycle: Lifecycle::Spot,
        group: Some("web-asg".to_owned()),
        ephemeral_public_ip: Some("203.0.113.9".parse().unwrap()),
        image: Some("ami-1".to_owned()),
        security_groups: vec!["sg-1".to_owned()],
        ..InstanceFacts::default()
    }
}

fn target(native: &str, verdict: Verdict, warnings: Vec<Warning>) -> PlannedTarget {
    PlannedTarget {
        key: key(native),
        zone: Some(Zone::new("eu-west-1b")),
        name: "web".to_owned(),
        account: AccountId::new("7b0c"),
        account_name: "prod".to_owned(),
        state: State::Running,
        raw_state: "running".to_owned(),
        prod: false,
        offers: OptionOffers { force: true, hibernate: false },
        verdict,
        warnings,
    }
}

pub(super) fn plan() -> Plan {
    let refusals = [
        Refusal::ReadOnly,
        Refusal::Unsupported,
        Refusal::State(State::Pending),
        Refusal::Protected,
        Refusal::LocalRoot,
        Refusal::ManagedBy("eks".to_owned()),
        Refusal::NotPermitted,
        Refusal::LocalDisks,
        Refusal::HibernationDisabled,
        Refusal::NotFound,
        Refusal::ReadFailed(denied()),
    ];
    let warnings = vec![
        Warning::GroupMember { group: "web-asg".to_owned() },
        Warning::Spot,
        Warning::LocalDisksLost,
        Warning::Hard,
        Warning::PublicIpLost { ip: "203.0.113.9".parse().unwrap() },
        Warning::PublicIpNotChecked,
        Warning::ProtectionNotChecked,
        Warning::StaleRow { as_of: at("2026-11-30T17:00:00Z") },
    ];
    let mut targets = vec![target("i-0ab", Verdict::Eligible, warnings), target("i-0ac", Verdict::Already, Vec::new())];
    targets.push(target("i-0ae", Verdict::Underway, Vec::new()));
    targets.extend(refusals.into_iter().map(|refusal| target("i-0ad", Verdict::Refused(refusal), Vec::new())));
    Plan {
        nonce: Nonce("n-1".to_owned()),
        request: Action::Stop.into(),
        targets,
        confirmation: Confirmation::Type { accepted: vec!["prod 1".to_owned()] },
        expires_at: at("2026-11-30T18:01:00Z"),
    }
}

pub(super) fn result() -> TargetResult {
    TargetResult {
        key: key("i-0ab"),
        status: TargetStatus::Unknown,
        observed_state: Some(State::Running),
        failure: Some(Failure { code: FailureCode::TimedOut, message: "ec2:StopInstances timed out".to_owned() }),
    }
}

pub(super) fn operation() -> Operation {
    Operation {
        id: OperationId::new("op-1"),
        request: Action::Stop.into(),
        started_at: at("2026-11-30T18:00:00Z"),
        finished_at: None,
        targets: vec![OperationTarget {
            account_name: "prod".to_owned(),
            name: "web".to_owned(),
            result: result(),
            follower: Some(Follower::Here),
        }],
    }
}

pub(super) fn entries() -> Vec<JournalEntry> {
    let events = [
        JournalEvent::Sent(Intent::of_action(Action::Stop)),
        JournalEvent::Accepted {
            state: Some(State::Stopping),
            raw_state: "STOPPING".to_owned(),
            ticket: Some(Ticket::new("zones/a/operations/o-1")),
        },
        JournalEvent::NotSent(denied()),
        JournalEvent::Refused(denied()),
        JournalEvent::Failed(denied()),
        JournalEvent::Unknown(denied()),
        JournalEvent::Done { state: State::Stopped, raw_state: "stopped".to_owned() },
        JournalEvent::Contradicted {
            state: State::Running,
            raw_state: "running".to_owned(),
            reason: Some("Client.InternalError".to_owned()),
        },
        JournalEvent::TimedOut,
    ];
    (1..)
        .zip(events)
        .map(|(seq, event)| JournalEntry {
            seq,
            entry: NewEntry {
                at: at("2026-11-30T18:00:00Z"),
                run: RunId::new("run-1"),
                operation: OperationId::new("op-1"),
                account: AccountId::new("7b0c"),
                account_name: "prod".to_owned(),
                key: key("i-0ab"),
                name: "web".to_owned(),
                action: Action::Stop,
                event,
            },
        })
        .collect()
}

fn scope(location: &str) -> Scope {
    Scope { location: Location::new(location), kind: Kind::Instance }
}

pub(super) fn hosts() -> AccountHosts {
    let region = Region::from("cn-north-1");
    AccountHosts {
        account: AccountId::new("7b0c"),
        account_name: "prod".to_owned(),
        provider: ProviderKind::Aws,
        hosts: vec![
            AllowedHost::https("sts.cn-north-1.amazonaws.com.cn", HostPurpose::SignIn, Some(region)),
            AllowedHost::https("ec2.*.amazonaws.com.cn", HostPurpose::Compute, None),
        ],
        failure: None,
    }
}

pub(super) fn status() -> AccountStatus {
    let id = AccountId::new("7b0c");
    let record = |location: &str, failure| ScopeRecord {
        key: ScopeKey { account: id.clone(), scope: scope(location) },
        generation: 3,
        rows: 12,
        as_of: Some(at("2026-11-30T17:58:00Z")),
        attempted_at: Some(at("2026-11-30T17:59:00Z")),
        failure,
    };
    AccountStatus {
        account: Account {
            id: id.clone(),
            name: "prod".to_owned(),
            provider: ProviderKind::Aws,
            project: None,
            source: CredentialSource::Profile("main".to_owned()),
            endpoint: Some("http://127.0.0.1:5000".to_owned()),
            regions: vec![Region::new("eu-west-1")],
            access: Access::ReadWrite,
            prod: true,
            realm: Some(Realm::at_endpoint("123456789012", "127.0.0.1:5000")),
            principal: Some("arn:aws:iam::123456789012:user/ops".to_owned()),
            created_at: at("2026-11-29T10:00:00Z"),
        },
        sign_in: SignIn::Failed(Failure { code: FailureCode::KeyringLocked, message: "locked".to_owned() }),
        scopes: vec![record("eu-west-1", None), record("us-east-1", Some(denied()))],
        progress: Some(Progress { done: 1, total: 2, rows: 12 }),
    }
}

pub(super) fn identity() -> Identity {
    Identity {
        realm: Realm::new("proj-0"),
        principal: "ops@proj-0.iam.gserviceaccount.com".to_owned(),
        denied: Vec::new(),
    }
}

pub(super) fn sync() -> SyncReport {
    let report = |scope, failure| ScopeReport {
        account: AccountId::new("7b0c"),
        account_name: "prod".to_owned(),
        provider: ProviderKind::Aws,
        scope,
        rows: 12,
        as_of: Some(at("2026-11-30T17:58:00Z")),
        failure,
    };
    SyncReport {
        elapsed: Duration::from_micros(1_234_567),
        traffic: Traffic { requests: 34, bytes_in: 56_789 },
        resources: 12,
        changed: 1,
        scopes: vec![
            report(Some(scope("eu-west-1")), None),
            report(Some(scope("us-east-1")), Some(denied())),
            report(None, Some(denied())),
        ],
    }
}
