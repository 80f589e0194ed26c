//! Mutations: repeated only with their own `requestId`, so that Google carries them out once.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use nepho_core::{
    Access, Action, FailureCode, Kind, Provider, ProviderError, ProviderKind, Realm, Region, ResourceKey, Secret, Zone,
    provider::{ActionRequest, Submission, Target},
};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use nepho_testkit::{
    FakeClock,
    gcp::{Exchange, Fault, FaultRule, GcpDouble, GcpInstance, PROJECT, Setup},
};
use url::Url;

use crate::cloud::{Answer, Cloud, options};

const ZONE: &str = "europe-west1-b";

struct Lab {
    double: GcpDouble,
    endpoint: Url,
    identity: Arc<GcpIdentity>,
    target: Target,
}

impl Lab {
    /// A double with one running instance.
    fn new() -> Self {
        let double = GcpDouble::start(Setup::default()).expect("a double");
        double.put(GcpInstance::new(PROJECT, ZONE, "web-1"));
        let endpoint: Url = double.endpoint().parse().expect("a URL");
        let token = GcpCredentials::AccessToken(Secret::new(double.token()));
        let identity = Arc::new(GcpIdentity::new(token, Some(&endpoint)).expect("an identity"));
        let id =
            double.instance(PROJECT, ZONE, "web-1").expect("an instance")["id"].as_str().expect("an id").to_owned();
        let target = Target { key: key(&id, double.port()), zone: Some(Zone::from(ZONE)) };
        Self { double, endpoint, identity, target }
    }

    fn options(&self, access: Access) -> GcpOptions {
        let mut options = options(&self.identity, &self.endpoint, access);
        options.quota_window = Duration::from_millis(300);
        options.clock = Arc::new(FakeClock::default());
        options
    }

    async fn act(&self, action: Action) -> Submission {
        let provider = GcpProvider::connect(self.options(Access::ReadWrite)).await.expect("a provider");
        let mut all =
            provider.submit(ActionRequest::from(action), std::slice::from_ref(&self.target)).collect::<Vec<_>>().await;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn spoil(&self, method: &str, times: Option<usize>, fault: Fault) {
        self.double.add_rule(FaultRule { times, ..FaultRule::always(fault) }.method(method));
    }

    /// The `requestId`s of the requests for `method`, in order.
    fn request_ids(&self, method: &str) -> Vec<String> {
        let exchanges = self.double.exchanges();
        let of = |one: &&Exchange| one.method == method;
        exchanges.iter().filter(of).map(|one| one.param("requestId").expect("an id").to_owned()).collect()
    }
}

/// The key of an instance behind this port.
fn key(id: &str, port: u16) -> ResourceKey {
    ResourceKey {
        provider: ProviderKind::Gcp,
        realm: Realm::new(format!("{PROJECT}@127.0.0.1-{port}")),
        region: Region::from("europe-west1"),
        kind: Kind::Instance,
        native: id.into(),
    }
}

#[tokio::test]
async fn a_request_without_an_answer_is_repeated_with_its_id_and_carried_out_once() {
    let faults = [
        Fault::Closed,
        Fault::Executed(Box::new(Fault::Closed)),
        Fault::Executed(Box::new(Fault::Cut { at: 20 })),
        Fault::Executed(Box::new(Fault::Hung)),
        Fault::Executed(Box::new(Fault::Error {
            status: 503,
            reason: "backendError".to_owned(),
            message: "Oops.".to_owned(),
        })),
    ];
    for fault in faults {
        for (action, method) in [(Action::Stop, "instances.stop"), (Action::Terminate, "instances.delete")] {
            let lab = Lab::new();
            lab.spoil(method, Some(1), fault.clone());
            let submitted = lab.act(action).await;
            let accepted = submitted.outcome.expect("accepted");
            assert!(accepted.ticket.is_some(), "{fault:?}: {accepted:?}");
            let ids = lab.request_ids(method);
            assert_eq!(ids.len(), 2, "{fault:?}: {ids:?}");
            assert_eq!(ids[0], ids[1], "{fault:?}: another id is another mutation");
            assert_eq!(lab.double.mutations(), 1, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn each_mutation_has_an_id_of_its_own() {
    let lab = Lab::new();
    lab.act(Action::Reboot).await.outcome.expect("accepted");
    lab.double.settle();
    lab.act(Action::Reboot).await.outcome.expect("accepted");
    let ids = lab.request_ids("instances.reset");
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'4'), "{ids:?}");
    assert_eq!(lab.double.mutations(), 2);
}

/// At most three attempts with one id. The result is then unknown, and no other id is sent.
#[tokio::test]
async fn mutation_without_any_reply_ends_unknown() {
    let cases = [
        (Fault::Closed, FailureCode::Unavailable, 3),
        (Fault::Executed(Box::new(Fault::Closed)), FailureCode::Unavailable, 3),
        (Fault::Executed(Box::new(Fault::Html)), FailureCode::Malformed, 1),
    ];
    for (fault, code, times) in cases {
        let lab = Lab::new();
        lab.spoil("instances.stop", None, fault.clone());
        let error = lab.act(Action::Stop).await.outcome.expect_err("no answer");
        assert_eq!(error.code(), code, "{fault:?}: {error}");
        assert!(error.leaves_unknown(), "{fault:?}: {error}");
        let ids = lab.request_ids("instances.stop");
        assert_eq!(ids.len(), times, "{fault:?}");
        assert!(ids.iter().all(|id| *id == ids[0]), "{fault:?}: {ids:?}");
        assert!(lab.double.mutations() <= 1, "{fault:?}");
    }
}

/// A refused second attempt does not settle the first, which may have been carried out.
#[tokio::test]
async fn a_refusal_after_a_request_without_an_answer_leaves_it_unknown() {
    let busy = Fault::Error { status: 503, reason: "backendError".to_owned(), message: "Oops.".to_owned() };
    let gone = Fault::Error { status: 404, reason: "notFound".to_owned(), message: "It is no more.".to_owned() };
    let case = async |first: &Fault, then: &Fault| {
        let lab = Lab::new();
        lab.spoil("instances.stop", Some(1), Fault::Executed(Box::new(first.clone())));
        lab.spoil("instances.stop", None, then.clone());
        let error = lab.act(Action::Stop).await.outcome.expect_err("no acceptance");
        assert!(error.leaves_unknown(), "{first:?}, {then:?}: {error}");
        assert_eq!(lab.double.mutations(), 1, "{first:?}, {then:?}: it was carried out");
    };
    for first in [Fault::Closed, Fault::Cut { at: 20 }, Fault::Hung, busy] {
        let then = [Fault::Denied, Fault::RateLimited, Fault::Exhausted, Fault::Unauthenticated, gone.clone()];
        futures::future::join_all(then.iter().map(|then| case(&first, then))).await;
    }
}

/// The reverse: a sign-in that fails before the mutation leaves nothing unknown.
#[tokio::test]
async fn a_sign_in_that_fails_first_is_a_mutation_that_was_not_sent() {
    for (broken, code) in [
        (Answer::Hang, FailureCode::NotSent),
        (Answer::text(503, ""), FailureCode::NotSent),
        (Answer::text(200, "<html>"), FailureCode::NotSent),
        (Answer::text(400, "{\"error\": \"invalid_grant\"}"), FailureCode::Unauthenticated),
    ] {
        let told = format!("{broken:?}");
        let cloud = Cloud::start(move |asked, _| (asked.path == "/token").then(|| broken.clone())).await;
        let mut options = options(&cloud.signed_in(cloud.user()), &cloud.endpoint(), Access::ReadWrite);
        options.timeouts.operation = Duration::from_millis(500);
        let provider = GcpProvider::connect(options).await.expect("a provider");
        let target = Target { key: key("1", cloud.port), zone: Some(Zone::from(ZONE)) };
        let mut all = provider.submit(ActionRequest::from(Action::Stop), &[target]).collect::<Vec<_>>().await;
        let error = all.remove(0).outcome.expect_err("no sign-in");
        assert!(!error.leaves_unknown(), "{told}: {error}");
        assert_eq!(error.code(), code, "{told}: {error}");
        assert_eq!(cloud.count("/stop"), 0, "{told}");
    }
}

/// A mutation refused for lack of quota was not carried out, so it is sent again in the next minute.
#[tokio::test]
async fn a_mutation_waits_for_quota_as_a_read_does() {
    let lab = Lab::new();
    lab.spoil("instances.stop", Some(1), Fault::RateLimited);
    lab.act(Action::Stop).await.outcome.expect("accepted");
    let ids = lab.request_ids("instances.stop");
    assert_eq!((ids.len(), lab.double.mutations()), (2, 1));
    assert_eq!(ids[0], ids[1]);

    let lab = Lab::new();
    lab.spoil("instances.stop", None, Fault::RateLimited);
    let error = lab.act(Action::Stop).await.outcome.expect_err("no quota");
    assert!(matches!(error, ProviderError::Throttled { retry_after: Some(_) }), "{error}");
    assert_eq!((lab.request_ids("instances.stop").len(), lab.double.mutations()), (3, 0));
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    for (fault, code) in [
        (Fault::Denied, FailureCode::PermissionDenied),
        (Fault::ConditionNotMet, FailureCode::Conflict),
        (Fault::Unauthenticated, FailureCode::Unauthenticated),
        (
            Fault::Error { status: 400, reason: "resourceNotReady".to_owned(), message: "Not ready.".to_owned() },
            FailureCode::InvalidState,
        ),
        (
            Fault::Error { status: 404, reason: "notFound".to_owned(), message: "Gone.".to_owned() },
            FailureCode::NotFound,
        ),
    ] {
        let lab = Lab::new();
        lab.spoil("instances.stop", None, fault.clone());
        let error = lab.act(Action::Stop).await.outcome.expect_err("a refusal");
        assert_eq!(error.code(), code, "{fault:?}: {error}");
        assert_eq!((lab.request_ids("instances.stop").len(), lab.double.mutations()), (1, 0), "{fault:?}");
    }
}

#[tokio::test]
async fn a_read_only_project_is_sent_no_mutation() {
    let lab = Lab::new();
    let provider = GcpProvider::connect(lab.options(Access::ReadOnly)).await.expect("a provider");
    for action in Action::ALL {
        let all =
            provider.submit(ActionRequest::from(action), std::slice::from_ref(&lab.target)).collect::<Vec<_>>().await;
        assert!(matches!(all[0].outcome, Err(ProviderError::ReadOnly)), "{action}: {all:?}");
    }
    assert_eq!(lab.double.served().requests, 0);
}
