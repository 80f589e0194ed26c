//! Tests of full documents: read on request, stored separately from the listed ones.

use nepho_core::{
    Access, Account, AccountId, Document, FailureCode, ProviderError, State,
    provider::{Detail, Target},
    report::SignIn,
};
use nepho_testkit::{
    fake::{ObserveStep, Recorded},
    instance,
    instance::{full_document, key},
};

use crate::harness::{Harness, account, harness, with};

/// A cloud whose listings return partial documents; `i-1` is listed.
async fn partly() -> Harness {
    let harness = with([instance("i-1").zone("eu-west-1b")]).await;
    harness.host.set_rough();
    harness
}

fn whole(harness: &Harness) -> Document {
    full_document(&harness.cloud.truth("i-1").unwrap().resource)
}

fn offline() -> ProviderError {
    ProviderError::Unavailable { message: "no route".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn full_listed_document_is_not_read_again() {
    let harness = with([instance("i-1")]).await;
    let before = harness.cloud.calls().len();
    let fetched = harness.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((&fetched.document, fetched.whole), (&harness.cloud.truth("i-1").unwrap().document, true));
    assert_eq!(fetched.as_of, harness.row("i-1").as_of);
    assert_eq!(harness.engine.document(&key("i-1")).await.unwrap(), Some(fetched));
    assert_eq!(harness.cloud.calls().len(), before, "nothing was sent");
}

#[tokio::test(start_paused = true)]
async fn full_document_is_read_and_stored_with_its_age() {
    let harness = partly().await;
    let listed = harness.engine.document(&key("i-1")).await.unwrap().unwrap();
    assert_eq!((listed.whole, listed.as_of), (false, harness.row("i-1").as_of));
    harness.pass(60).await;
    let now = nepho_core::Clock::now(&*harness.clock);
    let fetched = harness.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((&fetched.document, fetched.as_of, fetched.whole), (&whole(&harness), Some(now), true));
    assert_ne!(fetched.document, listed.document);
    let targets = vec![Target { key: key("i-1"), zone: Some("eu-west-1b".into()) }];
    assert_eq!(harness.cloud.calls().last(), Some(&Recorded::Observe { targets, detail: Detail::Document }));
    harness.pass(60).await;
    assert_eq!(harness.engine.document(&key("i-1")).await.unwrap(), Some(fetched), "stored with the time of the read");
    assert_eq!(harness.cloud.counts().observe, 1);
}

#[tokio::test(start_paused = true)]
async fn full_document_read_adds_no_write_to_listings() {
    let harness = partly().await;
    let generation = || harness.engine.snapshot().scopes()[0].generation;
    let (before, row) = (generation(), harness.row("i-1"));
    let fetched = harness.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((generation(), harness.row("i-1")), (before, row));
    assert_eq!(harness.sync().await.changed, 0);
    assert_eq!(generation(), before);
    harness.cloud.change("i-1", |resource| resource.size = "m6i.xlarge".to_owned());
    assert_eq!(harness.sync().await.changed, 1);
    assert_eq!(harness.engine.document(&key("i-1")).await.unwrap(), Some(fetched), "a listing keeps it");
}

#[tokio::test(start_paused = true)]
async fn stored_document_stays_after_a_failed_read() {
    let harness = partly().await;
    harness.cloud.script_observe("i-1", [ObserveStep::Fail(offline())]);
    let failure = harness.engine.fetch_document(&key("i-1")).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Unavailable);
    assert!(!harness.engine.document(&key("i-1")).await.unwrap().unwrap().whole, "the partial document is there");
    let fetched = harness.engine.fetch_document(&key("i-1")).await.unwrap();
    harness.cloud.script_observe("i-1", [ObserveStep::Fail(offline())]);
    assert!(harness.engine.fetch_document(&key("i-1")).await.is_err());
    assert_eq!(harness.engine.document(&key("i-1")).await.unwrap(), Some(fetched.clone()));
    harness.cloud.remove("i-1");
    let failure = harness.engine.fetch_document(&key("i-1")).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NotFound);
    assert_eq!(
        harness.engine.document(&key("i-1")).await.unwrap(),
        Some(fetched),
        "until listings show that the instance is gone"
    );
}

#[tokio::test(start_paused = true)]
async fn outdated_row_is_read_with_its_document() {
    let harness = partly().await;
    harness.cloud.set_state("i-1", State::Stopped);
    harness.pass(5).await;
    harness.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((harness.row("i-1").state(), harness.cloud.counts().observe), (State::Stopped, 2));
    harness.sync().await;
    assert_eq!(harness.sync().await.changed, 0);
}

#[tokio::test(start_paused = true)]
async fn read_only_account_reads_full_documents() {
    let harness = partly().await;
    harness.engine.put_account(Account { access: Access::ReadOnly, ..account("lab") }).await;
    assert_eq!(harness.engine.fetch_document(&key("i-1")).await.unwrap().document, whole(&harness));
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_end_the_session() {
    let harness = partly().await;
    let refused = ProviderError::Unauthenticated { message: "revoked".to_owned() };
    harness.cloud.script_observe("i-1", [ObserveStep::Fail(refused)]);
    assert!(harness.engine.fetch_document(&key("i-1")).await.is_err());
    assert!(matches!(harness.engine.accounts()[0].sign_in, SignIn::Failed(_)));
    assert_eq!(harness.engine.accounts()[0].account.id, AccountId::new("lab"));
}

#[tokio::test(start_paused = true)]
async fn unknown_resource_has_no_document() {
    for rough in [false, true] {
        let harness = harness().await;
        if rough {
            harness.host.set_rough();
        }
        assert_eq!(harness.engine.document(&key("i-9")).await.unwrap(), None);
        let failure = harness.engine.fetch_document(&key("i-9")).await.unwrap_err();
        assert_eq!((failure.code, harness.cloud.calls().len()), (FailureCode::NotFound, 0));
    }
}
