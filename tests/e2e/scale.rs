//! A hundred thousand rows: few elements on the page, small replies, and sort, filter and
//! select-all over the whole inventory.

use nepho_core::{
    Access, Account, AccountId, CredentialSource, ProviderKind, Realm, ScopeKey, Timestamp,
    cache::{RowWrite, ScopeCommit},
    fingerprint::Fingerprint,
};
use nepho_store::Store;
use nepho_testkit::{instance, instance::scope};

use super::{
    desktop::{Desktop, Keyring, Size},
    process::until,
    window::{PATIENCE, Window},
};

const ROWS: usize = 100_000;
const REGIONS: [&str; 4] = ["eu-west-1", "us-east-1", "ap-northeast-1", "sa-east-1"];

/// Fills the cache as an earlier session would have left it.
async fn fill(desktop: &Desktop) {
    let (store, _) = Store::open(&desktop.data()).expect("a store");
    let account = Account {
        id: AccountId::new("fleet"),
        name: "fleet".to_owned(),
        provider: ProviderKind::Aws,
        project: None,
        source: CredentialSource::Environment,
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        regions: Vec::new(),
        access: Access::ReadWrite,
        prod: false,
        realm: Some(Realm::at_endpoint("111122223333", "127.0.0.1:9")),
        principal: None,
        created_at: Timestamp::UNIX_EPOCH,
    };
    store.put_account(&account).await.expect("stored");
    for (number, region) in REGIONS.into_iter().enumerate() {
        let numbers = (number..ROWS).step_by(REGIONS.len());
        let writes = numbers.map(|number| {
            let realm = Realm::at_endpoint("111122223333", "127.0.0.1:9");
            let name = if number == 31 { "zz-last-by-name".to_owned() } else { format!("node-{number:06}") };
            let built = instance(&format!("i-{number:017x}")).named(&name).region(region).realm(&realm);
            let listed = built.tag("batch", &format!("b{}", number % 10)).listed();
            let document = Fingerprint::of_document(&listed.document);
            let row = Fingerprint::of_row(&listed.resource, 1);
            RowWrite { row, document: Some((listed.document, document)), resource: listed.resource }
        });
        let commit = ScopeCommit {
            key: ScopeKey { account: account.id.clone(), scope: scope(region) },
            base: 0,
            started_at: "2026-01-01T00:00:00Z".parse().expect("a moment"),
            writes: writes.collect(),
            seen_again: Vec::new(),
            missing: Vec::new(),
            gone: Vec::new(),
        };
        store.commit_scope(commit).await.expect("stored");
    }
}

/// Counts the rows in every reply that the page receives from now on; it only listens.
const LISTEN: &str = r#"
    window.__rows = [];
    const fetch = window.fetch;
    window.fetch = async (...request) => {
        const reply = await fetch(...request);
        reply.clone().text().then(text => window.__rows.push((text.match(/"raw_state":/g) ?? []).length));
        return reply;
    };
    return true"#;
const REPLIES: &str = "return window.__rows";
const ROW_ELEMENTS: &str =
    "return document.querySelectorAll('[role=row][data-testid=row], [role=row][aria-busy]').length";

async fn first_row(window: &Window) -> String {
    window.text("[data-testid=\"row\"][data-index=\"0\"] [data-testid=\"name\"]").await
}

async fn wait_first_row(window: &Window, part: &str) {
    until(part, PATIENCE, async || first_row(window).await.contains(part).then_some(())).await;
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_sorted_filtered_and_selected_in_the_core() {
    let desktop = Desktop::new(Keyring::Absent, Size(1920, 1080)).await;
    fill(&desktop).await;
    let window = Window::open(&desktop, "scale", &[]).await;
    wait_first_row(&window, "node-000000").await;
    window.read(LISTEN).await;
    window.see("[data-testid=\"match-count\"]", "100,000").await;
    assert_few_elements(&window).await;
    window.screenshot("all").await;

    // The row last by name comes first after one click.
    window.click("sort-name").await;
    wait_first_row(&window, "zz-last-by-name").await;
    assert_few_elements(&window).await;
    window.screenshot("last-first").await;

    // The filter covers everything, and shows an error at its place.
    window.type_into("query", "region:us-* tag:batch=b1 -name:node-000001").await;
    window.see("[data-testid=\"match-count\"]", "4,999").await;
    window.type_into("query", "colour:blue").await;
    window.find_css("[data-testid=\"query-error\"][data-code=\"unknown_key\"]").await;
    window.screenshot("wrong-query").await;
    window.click("query-clear").await;
    window.see("[data-testid=\"match-count\"]", "100,000").await;

    // Select all selects every row, not only those on the page.
    window.click("select-all").await;
    window.see("[data-testid=\"selection-count\"]", "100,000").await;
    window.screenshot("all-selected").await;
    window.click("clear-selection").await;

    // To the end, by keyboard: still few elements.
    window.click("sort-name").await;
    window.find("table").await.send_keys("\u{E010}").await.expect("End");
    let last = "[data-testid=\"row\"][data-index=\"99999\"]";
    window.see(last, "zz-last-by-name").await;
    assert_few_elements(&window).await;
    window.screenshot("end").await;
    let replies: Vec<u64> = serde_json::from_value(window.read(REPLIES).await).expect("counts");
    let most = replies.iter().max().copied().unwrap_or_default();
    assert!((1..=200).contains(&most), "a reply held {most} rows; all: {replies:?}");
}

async fn assert_few_elements(window: &Window) {
    let elements = window.read(ROW_ELEMENTS).await;
    assert!(elements.as_u64().is_some_and(|count| (1..=60).contains(&count)), "{elements} row elements");
}
