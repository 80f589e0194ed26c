//! Pages of the inventory: the rows on screen and their context.

pub(crate) mod actions;
pub(crate) mod details;
pub(crate) mod selection;
pub(crate) mod state;

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use nepho_core::{Account, ResourceKey};
use nepho_index::{Change, Hits, InventoryPage, InventoryRow, PageAsk, Query, RowView, Snapshot, Sort};

use crate::{App, AppError, inventory::state::LastHits};

/// The time for which the hits of a query serve further pages; staleness depends on the time of day.
const HITS_LIFE: Duration = Duration::from_secs(5);

impl App {
    /// A page of the rows that match a query. The error of a query that does not parse is in the page.
    pub async fn inventory(&self, ask: &PageAsk) -> Result<InventoryPage, AppError> {
        if !self.is_ready() {
            return self.first_page(ask).await;
        }
        let generation = self.generation();
        let hits = match self.search(&ask.query, ask.sort) {
            Ok(hits) => hits,
            Err(AppError::Query(error)) => {
                let inventory_total = self.snapshot().len();
                return Ok(InventoryPage {
                    generation,
                    ready: true,
                    inventory_total,
                    error: Some(error),
                    ..InventoryPage::default()
                });
            }
            Err(error) => return Err(error),
        };
        Ok(InventoryPage { generation, ready: true, ..self.page(&hits, ask) })
    }

    /// All rows that match a query, in order.
    pub fn search(&self, query: &str, sort: Sort) -> Result<Arc<Hits>, AppError> {
        let (snapshot, now) = (self.snapshot(), self.now());
        let mut last = self.inner().last_hits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last {
            let age = Duration::try_from(now.duration_since(last.at)).unwrap_or(Duration::MAX);
            let same = last.query == query && last.sort == sort && Arc::ptr_eq(&last.snapshot, &snapshot);
            if same && age < HITS_LIFE {
                return Ok(Arc::clone(&last.hits));
            }
        }
        let hits = Arc::new(snapshot.search(&Query::parse(query)?, sort, now));
        *last = Some(LastHits { query: query.to_owned(), sort, snapshot, at: now, hits: Arc::clone(&hits) });
        Ok(hits)
    }

    /// The hits of a query, in the order of the last search if it was for the same query.
    pub(crate) fn hits_of(&self, query: &str) -> Result<Arc<Hits>, AppError> {
        let sort = {
            let last = self.inner().last_hits.lock().unwrap_or_else(PoisonError::into_inner);
            last.as_ref().filter(|last| last.query == query).map(|last| last.sort)
        };
        self.search(query, sort.unwrap_or_default())
    }

    /// The rows with this key, native id or exact name.
    pub fn find(&self, text: &str) -> Vec<RowView> {
        self.snapshot().find(text, self.now())
    }

    /// One row as it is shown.
    pub fn row(&self, key: &ResourceKey) -> Result<RowView, AppError> {
        let unknown = || AppError::UnknownResource { key: key.clone() };
        self.snapshot().get(key, self.now()).ok_or_else(unknown)
    }

    fn page(&self, hits: &Arc<Hits>, ask: &PageAsk) -> InventoryPage {
        let selection = self.summarise(hits);
        let selected = self.selection();
        let row = |row: RowView| InventoryRow { selected: selected.contains(row.key()), row };
        InventoryPage {
            total: hits.total,
            inventory_total: hits.inventory_total,
            offset: ask.offset,
            rows: hits.window(ask.offset, ask.limit).into_iter().map(row).collect(),
            facets: hits.facets.clone(),
            stale: hits.stale,
            selection,
            ..InventoryPage::default()
        }
    }

    /// The first page while the index loads: the default query's first rows, from the database. The host
    /// repeats any other query later.
    async fn first_page(&self, ask: &PageAsk) -> Result<InventoryPage, AppError> {
        let generation = self.generation();
        let stored = self.store().scopes().await?;
        let inventory_total = stored.iter().map(|scope| usize::try_from(scope.rows).unwrap_or(usize::MAX)).sum();
        let warming = InventoryPage { generation, inventory_total, ..InventoryPage::default() };
        let is_default = ask.sort == Sort::default()
            && Query::parse(&ask.query).is_ok_and(|query| query.is_unfiltered() && query.sort().is_none());
        if !is_default {
            return Ok(warming);
        }
        let rows = self.store().first_rows(ask.offset.saturating_add(ask.limit)).await?;
        let accounts: Vec<Account> = self.engine().accounts().into_iter().map(|status| status.account).collect();
        let changes = vec![
            Change::Accounts(accounts),
            Change::Scopes(stored),
            Change::Rows { upserts: rows, removed: Vec::new() },
        ];
        let hits = Snapshot::empty().apply(changes).search(&Query::parse("")?, ask.sort, self.now());
        let page = self.page(&Arc::new(hits), ask);
        Ok(InventoryPage {
            total: inventory_total,
            offset: ask.offset,
            rows: page.rows,
            selection: page.selection,
            ..warming
        })
    }
}
