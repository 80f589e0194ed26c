//! Whole descriptions: read when somebody looks, stored beside the listed ones.

use nepho_core::{
    Access, Account, AccountId, Document, FailureCode, ProviderError, State,
    provider::{Detail, Target},
    report::SignIn,
};
use nepho_testkit::{
    fake::{ObserveStep, Recorded},
    instance,
    instance::{key, whole_document},
};

use crate::stage::{Stage, account, stage, with};

/// A cloud whose listings show a part of each document; `i-1` is listed.
async fn partly() -> Stage {
    let stage = with([instance("i-1").zone("eu-west-1b")]).await;
    stage.host.set_rough();
    stage
}

fn whole(stage: &Stage) -> Document {
    whole_document(&stage.cloud.truth("i-1").unwrap().resource)
}

fn offline() -> ProviderError {
    ProviderError::Unavailable { message: "no route".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_listed_whole_is_not_asked_for_again() {
    let stage = with([instance("i-1")]).await;
    let before = stage.cloud.calls().len();
    let fetched = stage.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((&fetched.document, fetched.whole), (&stage.cloud.truth("i-1").unwrap().document, true));
    assert_eq!(fetched.as_of, stage.row("i-1").as_of);
    assert_eq!(stage.engine.document(&key("i-1")).await.unwrap(), Some(fetched));
    assert_eq!(stage.cloud.calls().len(), before, "nothing was sent");
}

#[tokio::test(start_paused = true)]
async fn the_whole_document_is_read_and_stored_with_its_age() {
    let stage = partly().await;
    let listed = stage.engine.document(&key("i-1")).await.unwrap().unwrap();
    assert_eq!((listed.whole, listed.as_of), (false, stage.row("i-1").as_of));
    stage.pass(60).await;
    let now = nepho_core::Clock::now(&*stage.clock);
    let fetched = stage.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((&fetched.document, fetched.as_of, fetched.whole), (&whole(&stage), Some(now), true));
    assert_ne!(fetched.document, listed.document);
    let targets = vec![Target { key: key("i-1"), zone: Some("eu-west-1b".into()) }];
    assert_eq!(stage.cloud.calls().last(), Some(&Recorded::Observe { targets, detail: Detail::Document }));
    stage.pass(60).await;
    assert_eq!(stage.engine.document(&key("i-1")).await.unwrap(), Some(fetched), "stored as of then");
    assert_eq!(stage.cloud.counts().observe, 1);
}

#[tokio::test(start_paused = true)]
async fn reading_it_makes_the_next_listing_write_nothing() {
    let stage = partly().await;
    let generation = || stage.engine.snapshot().scopes()[0].generation;
    let (before, row) = (generation(), stage.row("i-1"));
    let fetched = stage.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((generation(), stage.row("i-1")), (before, row));
    assert_eq!(stage.sync().await.changed, 0);
    assert_eq!(generation(), before);
    stage.cloud.change("i-1", |resource| resource.size = "m6i.xlarge".to_owned());
    assert_eq!(stage.sync().await.changed, 1);
    assert_eq!(stage.engine.document(&key("i-1")).await.unwrap(), Some(fetched), "a listing leaves it alone");
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_stays_when_it_cannot_be_read() {
    let stage = partly().await;
    stage.cloud.script_observe("i-1", [ObserveStep::Fail(offline())]);
    let failure = stage.engine.fetch_document(&key("i-1")).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Unavailable);
    assert!(!stage.engine.document(&key("i-1")).await.unwrap().unwrap().whole, "the listed part is there");
    let fetched = stage.engine.fetch_document(&key("i-1")).await.unwrap();
    stage.cloud.script_observe("i-1", [ObserveStep::Fail(offline())]);
    assert!(stage.engine.fetch_document(&key("i-1")).await.is_err());
    assert_eq!(stage.engine.document(&key("i-1")).await.unwrap(), Some(fetched.clone()));
    stage.cloud.remove("i-1");
    let failure = stage.engine.fetch_document(&key("i-1")).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NotFound);
    assert_eq!(stage.engine.document(&key("i-1")).await.unwrap(), Some(fetched), "until listings show it gone");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_the_document_shows_out_of_date_is_read_too() {
    let stage = partly().await;
    stage.cloud.set_state("i-1", State::Stopped);
    stage.pass(5).await;
    stage.engine.fetch_document(&key("i-1")).await.unwrap();
    assert_eq!((stage.row("i-1").state, stage.cloud.counts().observe), (State::Stopped, 2));
    stage.sync().await;
    assert_eq!(stage.sync().await.changed, 0);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_account_reads_it_too() {
    let stage = partly().await;
    stage.engine.put_account(Account { access: Access::ReadOnly, ..account("lab") }).await;
    assert_eq!(stage.engine.fetch_document(&key("i-1")).await.unwrap().document, whole(&stage));
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_noted() {
    let stage = partly().await;
    let refused = ProviderError::Unauthenticated { message: "revoked".to_owned() };
    stage.cloud.script_observe("i-1", [ObserveStep::Fail(refused)]);
    assert!(stage.engine.fetch_document(&key("i-1")).await.is_err());
    assert!(matches!(stage.engine.accounts()[0].sign_in, SignIn::Failed(_)));
    assert_eq!(stage.engine.accounts()[0].account.id, AccountId::new("lab"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_in_the_inventory_has_none() {
    for rough in [false, true] {
        let stage = stage().await;
        if rough {
            stage.host.set_rough();
        }
        assert_eq!(stage.engine.document(&key("i-9")).await.unwrap(), None);
        let failure = stage.engine.fetch_document(&key("i-9")).await.unwrap_err();
        assert_eq!((failure.code, stage.cloud.calls().len()), (FailureCode::NotFound, 0));
    }
}
