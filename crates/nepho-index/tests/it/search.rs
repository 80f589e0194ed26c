//! Tests of each query term.

use nepho_core::{ProviderKind, State};
use nepho_index::{Change, Query, Sort};

use crate::fleet::{at, four, ids, key, row};

const WEB: &str = "i-0aa";
const DB: &str = "i-0bb";
const OLD: &str = "i-0cc";
const UNNAMED: &str = "i-0dd";

#[test]
fn each_term_finds_its_rows() {
    let snapshot = four();
    for (query, found) in [
        ("", vec![DB, OLD, WEB, UNNAMED]),
        // Bare words: name, id, addresses, DNS names, keys and values of tags.
        ("eb-", vec![WEB]),
        ("0BB", vec![DB]),
        ("171.9", vec![WEB]),
        ("fd00::", vec![DB]),
        ("example.COM", vec![WEB]),
        ("note", vec![DB]),
        ("\"web ops\"", vec![WEB]),
        ("dat*äö", vec![DB]),
        ("web*171", vec![]),
        ("env*prod", vec![]),
        ("i-0 10.0.3", vec![DB, WEB]),
        // No other fact is text: not the state, the region, the account or the size.
        ("stopped", vec![]),
        ("eu-west", vec![]),
        ("payments", vec![]),
        ("r6g", vec![]),
        // Complete facts and patterns.
        ("name:web-1", vec![WEB]),
        ("name:web", vec![]),
        ("name:WEB*", vec![WEB]),
        ("-name:*", vec![UNNAMED]),
        ("id:i-0aa,i-0dd", vec![WEB, UNNAMED]),
        ("id:*0b*", vec![DB]),
        ("region:us-*", vec![DB, OLD, UNNAMED]),
        ("region:us", vec![]),
        ("zone:eu-west-1b", vec![WEB]),
        ("-zone:*", vec![DB, OLD, UNNAMED]),
        ("size:m6i.*,R6G.large", vec![DB, WEB]),
        ("account:\"payments prod\"", vec![DB, WEB]),
        ("account:pay*", vec![DB, WEB]),
        ("account:b2", vec![OLD, UNNAMED]),
        ("account:realm-b2", vec![OLD, UNNAMED]),
        ("state:running", vec![WEB, UNNAMED]),
        ("state:stopped,stopping", vec![DB, OLD]),
        ("-state:running", vec![DB, OLD]),
        ("raw:terminated", vec![OLD]),
        ("raw:stop*", vec![DB]),
        ("kind:instance", vec![DB, OLD, WEB, UNNAMED]),
        ("provider:aws", vec![DB, OLD, WEB, UNNAMED]),
        ("provider:demo", vec![]),
        // Tags.
        ("tag:env", vec![DB, WEB]),
        ("tag:ENV=prod", vec![WEB]),
        ("tag:env=pro", vec![]),
        ("tag:e*=dev*", vec![DB]),
        ("tag:\"team=web ops\"", vec![WEB]),
        ("tag:note=\"\"", vec![DB]),
        ("tag:env=\"\"", vec![]),
        ("-tag:env", vec![OLD, UNNAMED]),
        ("tag:old", vec![]),
        // Addresses.
        ("ip:10.0.3.47", vec![WEB]),
        ("ip:10.0.3", vec![DB, WEB]),
        ("ip:10.0.3.", vec![WEB]),
        ("ip:*.4", vec![DB]),
        ("ip:10.0.3.0/24", vec![WEB]),
        ("ip:10.0.0.0/16", vec![DB, WEB]),
        ("ip:FD00::/8", vec![DB]),
        ("ip:54.171.9.20", vec![WEB]),
        ("-ip:10.*", vec![OLD, UNNAMED]),
        ("ip:9.20", vec![]),
        // Marks.
        ("is:missing", vec![OLD]),
        ("is:prod", vec![DB, WEB]),
        ("is:prod,missing", vec![DB, OLD, WEB]),
        ("is:pending", vec![]),
        // A row must meet all terms.
        ("is:prod -state:running tag:env", vec![DB]),
        ("web -web", vec![]),
    ] {
        assert_eq!(ids(&snapshot, query), found, "{query:?}");
    }
}

#[test]
fn field_cannot_imitate_another_field() {
    let hostile = row("a1", "eu-west-1", "i-9", "x\n\u{1}env\u{2}prod\n\u{3}10.0.0.1\n");
    let snapshot = four().apply(vec![Change::Rows { upserts: vec![hostile], removed: vec![] }]);
    assert_eq!(ids(&snapshot, "tag:env=prod"), [WEB]);
    assert_eq!(ids(&snapshot, "ip:10.0.0.1"), [""; 0]);
    assert_eq!(ids(&snapshot, "id:env*"), [""; 0]);
    assert_eq!(ids(&snapshot, "\"x  env prod\""), ["i-9"]);
}

#[test]
fn facets_count_hits_by_value() {
    let hits = four().search(&Query::parse("-is:missing").expect("a query"), Sort::default(), at(60));
    assert_eq!((hits.total, hits.inventory_total, hits.stale), (3, 4, 0));
    let facets = &hits.facets;
    let accounts: Vec<_> = facets.account.iter().map(|facet| (&*facet.label, facet.count)).collect();
    assert_eq!(accounts, [("Payments Prod", 2), ("lab", 1)]);
    let regions: Vec<_> = facets.region.iter().map(|facet| (facet.value.as_str(), facet.count)).collect();
    assert_eq!(regions, [("eu-west-1", 1), ("us-east-1", 1), ("us-west-2", 1)]);
    let states: Vec<_> = facets.state.iter().map(|facet| (facet.value, facet.count)).collect();
    assert_eq!(states, [(State::Running, 2), (State::Stopped, 1)]);
    let providers: Vec<_> = facets.provider.iter().map(|facet| (facet.value, facet.count)).collect();
    assert_eq!(providers, [(ProviderKind::Aws, 3)]);
}

#[test]
fn page_shows_the_rows_facts() {
    let hits = four().search(&Query::parse("web-1").expect("a query"), Sort::default(), at(60));
    let rows = hits.window(0, 10);
    let [web] = &*rows else { panic!("{rows:?}") };
    assert_eq!(
        (web.name(), &*web.account_name, web.prod, web.state()),
        ("web-1", "Payments Prod", true, State::Running)
    );
    assert_eq!(web.resource().zone.as_ref().map(nepho_core::Zone::as_str), Some("eu-west-1b"));
    assert_eq!((web.resource().tags["team"].as_str(), &*web.resource().size), ("Web Ops", "m6i.xlarge"));
    assert_eq!((web.as_of, web.resource().started_at, web.stale), (Some(at(0)), Some(at(-100)), false));
    assert_eq!(
        (web.resource().private_ips[0].to_string(), web.resource().public_ips[0].to_string()),
        ("10.0.3.47".to_owned(), "54.171.9.20".to_owned())
    );
}

#[test]
fn find_matches_key_then_id_then_name() {
    let double = row("b2", "us-west-2", "web-1", "i-0bb");
    let snapshot = four().apply(vec![Change::Rows { upserts: vec![double], removed: vec![] }]);
    let found = |text: &str| -> Vec<_> {
        snapshot.find(text, at(60)).into_iter().map(|row| row.key().native.to_string()).collect()
    };
    assert_eq!(found(&key("a1", "us-east-1", DB).to_string()), [DB]);
    assert_eq!(found("i-0bb"), [DB], "an id takes precedence over a name");
    assert_eq!(found("web-1"), ["web-1"]);
    assert_eq!(found("old=box"), [OLD]);
    assert_eq!(found("WEB-1"), [""; 0], "case counts");
    assert_eq!(found(""), [""; 0], "an empty name identifies no row");
}

#[test]
fn positions_and_membership_are_by_key() {
    let snapshot = four();
    let hits = snapshot.search(&Query::parse("state:running").expect("a query"), Sort::default(), at(60));
    let (web, unnamed) = (key("a1", "eu-west-1", WEB), key("b2", "us-west-2", UNNAMED));
    assert_eq!((hits.position(&web), hits.position(&unnamed)), (Some(0), Some(1)));
    let stopped = key("a1", "us-east-1", DB);
    assert_eq!((hits.position(&stopped), hits.contains(&stopped), hits.contains(&web)), (None, false, true));
    let elsewhere = key("a1", "us-west-2", WEB);
    assert_eq!((hits.position(&elsewhere), snapshot.get(&elsewhere, at(0)).is_some()), (None, false));
    let summary = snapshot.summary(&stopped).expect("a row");
    assert_eq!((summary.state, summary.account.as_str()), (State::Stopped, "a1"));
}
