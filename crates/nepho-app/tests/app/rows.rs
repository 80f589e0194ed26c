//! Windows of rows, the selection, and what is read of one row.

use nepho_app::{App, HostKind};
use nepho_core::{
    Access, Action,
    report::{ActionOffer, SelectionSummary},
    request::{AccountChange, Targets},
};
use nepho_index::{InventoryPage, PageAsk, SelectionChange, Sort, SortColumn};

use crate::harness::Harness;

async fn page(app: &App, query: &str, sort: Sort, offset: usize, limit: usize) -> InventoryPage {
    app.inventory(&PageAsk { query: query.to_owned(), sort, offset, limit }).await.unwrap()
}

fn offer(summary: &SelectionSummary, action: Action) -> ActionOffer {
    *summary.actions.iter().find(|offer| offer.action == action).unwrap()
}

#[tokio::test]
async fn a_window_is_part_of_the_whole_result() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let first = page(&app, "", Sort::default(), 0, 50).await;
    assert!(first.ready && first.rows.len() == 50 && first.total == first.inventory_total && first.total > 250);
    let last = page(&app, "", Sort::by(SortColumn::Name).descending(), 0, 1).await;
    let end = page(&app, "", Sort::by(SortColumn::Name), first.total - 5, 50).await;
    assert_eq!(end.rows.len(), 5);
    assert!(!last.rows[0].row.name().is_empty());
    let staging = page(&app, "account:search-staging", Sort::default(), 0, 10).await;
    assert!(staging.total < first.total && staging.inventory_total == first.total);
    assert!(staging.rows.iter().all(|row| &*row.row.account_name == "search-staging"));
    let total: usize = staging.facets.state.iter().map(|facet| facet.count).sum();
    assert_eq!(total, staging.total);
}

#[tokio::test]
async fn the_first_window_does_not_wait_for_the_index() {
    let harness = Harness::new();
    harness.open().await.add_demo().await.unwrap();
    // Nothing is awaited between opening and asking, so the rows are not loaded yet.
    let app = harness.open_unready(HostKind::Window).await.unwrap();
    assert!(!app.is_ready());
    let first = page(&app, "", Sort::default(), 0, 50).await;
    assert!(!first.ready && first.rows.len() == 50 && first.total > 200 && first.total == first.inventory_total);
    app.ready().await;
    let then = page(&app, "", Sort::default(), 0, 50).await;
    let shown = |page: &InventoryPage| page.rows.iter().map(|row| row.row.clone()).collect::<Vec<_>>();
    assert_eq!((shown(&first), first.total), (shown(&then), then.total), "nothing jumps");
}

#[tokio::test]
async fn other_queries_are_to_be_asked_again_while_the_index_loads() {
    let harness = Harness::new();
    harness.open().await.add_demo().await.unwrap();
    let app = harness.open_unready(HostKind::CommandLine).await.unwrap();
    assert!(!app.is_ready());
    let filtered = page(&app, "state:running", Sort::default(), 0, 10).await;
    assert!(!filtered.ready && filtered.rows.is_empty() && filtered.inventory_total > 200);
}

#[tokio::test]
async fn the_selection_reaches_beyond_the_window_and_counts_what_is_hidden() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let all = app.update_selection(SelectionChange::All { query: "account:platform-dev".to_owned() }, "").unwrap();
    let (running, stopped) = (
        app.search("account:platform-dev state:running", Sort::default()).unwrap().total,
        app.search("account:platform-dev state:stopped", Sort::default()).unwrap().total,
    );
    assert_eq!(all.count, app.search("account:platform-dev", Sort::default()).unwrap().total);
    assert_eq!(all.hidden, 0);
    assert_eq!(
        offer(&all, Action::Start),
        ActionOffer { action: Action::Start, eligible: stopped, total: all.count, asks: stopped > 1 }
    );
    assert_eq!(offer(&all, Action::Stop).eligible, running);

    let shown = "account:platform-dev state:stopped";
    let page = page(&app, shown, Sort::default(), 0, 200).await;
    assert!(page.rows.iter().all(|row| row.selected));
    assert_eq!(page.selection.hidden, all.count - stopped);
    assert_eq!(offer(&page.selection, Action::Stop).eligible, 0);

    let targets = Targets::Selection { query: shown.to_owned(), include_hidden: false };
    assert_eq!(app.plan(Action::Start, targets).await.unwrap().targets.len(), stopped);
    let targets = Targets::Selection { query: shown.to_owned(), include_hidden: true };
    assert_eq!(app.plan(Action::Start, targets).await.unwrap().targets.len(), all.count);

    let key = page.rows[0].row.key().clone();
    let toggled = app.update_selection(SelectionChange::Toggle(key.clone()), shown).unwrap();
    assert_eq!(toggled.count, all.count - 1);
    let (from, to) = (page.rows[3].row.key().clone(), page.rows[1].row.key().clone());
    app.update_selection(SelectionChange::Clear, "").unwrap();
    let range = SelectionChange::Range { query: shown.to_owned(), sort: Sort::default(), from, to };
    assert_eq!(app.update_selection(range, shown).unwrap().count, 3);
    let set = app.update_selection(SelectionChange::Set(vec![key]), "").unwrap();
    assert_eq!(set.count, 1);
    app.remove_demo().await.unwrap();
    let none = app.update_selection(SelectionChange::Set(Vec::new()), "").unwrap();
    assert_eq!(none, SelectionSummary { most: nepho_core::plan::MOST_TARGETS, ..SelectionSummary::default() });
}

#[tokio::test]
async fn rows_that_are_gone_are_selected_no_more() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    assert!(app.update_selection(SelectionChange::All { query: String::new() }, "").unwrap().count > 250);
    app.remove_demo().await.unwrap();
    assert_eq!(page(&app, "", Sort::default(), 0, 10).await.selection.count, 0);
}

#[tokio::test]
async fn a_read_only_account_offers_nothing() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let account = app.account("data-lake").unwrap();
    let change = AccountChange { access: Some(Access::ReadOnly), ..AccountChange::default() };
    app.update_account(&account.id, change).await.unwrap();
    let summary = app.update_selection(SelectionChange::All { query: "account:data-lake".to_owned() }, "").unwrap();
    assert!(summary.count > 0 && summary.actions.iter().all(|offer| offer.eligible == 0), "{summary:?}");
    let key = app.search("account:data-lake state:running", Sort::default()).unwrap().keys().remove(0);
    assert!(app.details(&key).await.unwrap().offers.iter().all(|offer| !offer.possible));
    let plan = app.plan(Action::Stop, Targets::Keys(vec![key])).await.unwrap();
    assert_eq!(plan.eligible().count(), 0);
}

#[tokio::test]
async fn a_resource_has_its_document_command_and_place() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let row = app.search("account:platform-dev name:grafana", Sort::default()).unwrap().window(0, 1).remove(0);
    let details = app.details(row.key()).await.unwrap();
    assert_eq!(details.row.key(), row.key());
    assert_eq!(details.scope.unwrap().failure, None);
    let document = app.document(row.key()).await.unwrap().json;
    assert!(document.trim_start().starts_with('{') && document.contains(&*row.key().native), "{document}");
    assert_eq!(app.find(&row.key().native).len(), 1);
    assert_eq!(app.find(&row.key().to_string())[0].key(), row.key());
    let command = app.command(Action::Stop.into(), std::slice::from_ref(row.key())).unwrap();
    assert!(command.is_none_or(|command| command.contains(&*row.key().native)));
}
