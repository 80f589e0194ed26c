//! Listing the instances of zones: all at once while they fit a page, else each zone by itself.
//!
//! A project of few instances costs one request, however many zones there are. A larger one is
//! listed by its zones in parallel: the chain of pages of all zones would take a round trip, and
//! Google's own time, for each of them.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::{
    Stream, StreamExt,
    channel::mpsc,
    future,
    stream::{self, FuturesUnordered},
};
use nepho_core::{
    ProviderError, Scope,
    provider::{ListedResource, SweepItem},
};

use super::{context::Context, instances::FIELDS, pages::PageTokens, reply, zones};
use crate::{client::ReadClass, error::GcpError};

const OPERATION: &str = "compute.instances.list";
const OF_ALL: &str = "compute.instances.aggregatedList";

/// Up to so many zones are listed by themselves at once: a page of all zones would seldom be less.
const FEW: usize = 4;

/// Instances on a page of a zone: Google's most.
const PAGE: usize = 500;

/// Instances on the page of all zones that begins a sweep while nothing is known of the project: what
/// is on it is asked for again if it was not the only one.
const FIRST: usize = 100;

/// What becomes of the zones after the first page of all of them.
enum Rest {
    /// These are listed by themselves.
    Zones(Vec<String>),
    /// All have ended.
    Nothing,
}

impl<'a> Context<'a> {
    /// Lists `scopes`, which are zones; each ends once.
    pub fn list(self, scopes: &'a [Scope]) -> impl Stream<Item = SweepItem> + 'a {
        let (items, listed) = mpsc::unbounded();
        let by_zone = |scope: &Scope| (scope.location.as_str().to_owned(), scope.clone());
        let scopes: BTreeMap<String, Scope> = scopes.iter().map(by_zone).collect();
        let listing = Listing { reader: self, out: Out { items, scopes, rows: AtomicUsize::new(0) } };
        stream::select(listed, stream::once(listing.run()).filter_map(|()| future::ready(None)))
    }
}

/// One sweep, under way.
struct Listing<'a> {
    reader: Context<'a>,
    out: Out,
}

impl Listing<'_> {
    async fn run(self) {
        let mut zones = Vec::new();
        for zone in self.out.scopes.keys() {
            if zones::is_name(zone) {
                zones.push(zone.clone());
            } else {
                let message = format!("{zone:?} is no zone");
                self.out.end(zone, Err(ProviderError::Other { code: "NoSuchZone".to_owned(), message }));
            }
        }
        let known = self.reader.known.load(Ordering::Relaxed);
        let rest = if self.reader.by_all {
            self.chain_of_all(zones).await
        } else if zones.len() > FEW && known <= PAGE {
            self.page_of_all(zones, if known > FIRST { PAGE } else { FIRST }).await
        } else {
            Rest::Zones(zones)
        };
        let Rest::Zones(zones) = rest else { return };
        let mut walks: FuturesUnordered<_> = zones.iter().map(|zone| self.zone(zone)).collect();
        while walks.next().await.is_some() {}
        if self.out.scopes.len() > FEW {
            // The next sweep begins as this one should have.
            self.reader.known.store(self.out.rows.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Lists one zone to its end.
    async fn zone(&self, zone: &str) {
        let ended = self.reader.zone(zone, |rows| self.out.page(zone, rows)).await;
        self.out.end(zone, ended);
    }

    /// Asks for a page of all zones, which may be all there is.
    async fn page_of_all(&self, zones: Vec<String>, size: usize) -> Rest {
        let page = match self.reader.all(size, None).await {
            Ok(page) if page.next.is_none() && page.warning.is_none() => page,
            // More than a page, or not whole without saying where: each zone is asked by itself.
            Ok(_) => return Rest::Zones(zones),
            Err(error) if !is_for_all(&error) => return Rest::Zones(zones),
            Err(error) => {
                let error = ProviderError::from(error);
                for zone in &zones {
                    self.out.end(zone, Err(error.clone()));
                }
                return Rest::Nothing;
            }
        };
        // A zone that the page does not speak of is not known to be empty.
        Rest::Zones(self.deal_out(zones, page.zones))
    }

    /// Ends the zones that a page speaks of; the others come back.
    fn deal_out(
        &self,
        zones: Vec<String>,
        mut said: BTreeMap<String, Result<Vec<ListedResource>, ProviderError>>,
    ) -> Vec<String> {
        let mut silent = Vec::new();
        for zone in zones {
            match said.remove(&zone) {
                Some(Ok(rows)) => {
                    let mut seen = HashSet::new();
                    self.out.page(&zone, self.reader.fresh(rows, &mut seen));
                    self.out.end(&zone, Ok(()));
                }
                Some(Err(error)) => self.out.end(&zone, Err(error)),
                None => silent.push(zone),
            }
        }
        silent
    }

    /// Follows the pages of all zones to their end. No zone is whole before the last page.
    async fn chain_of_all(&self, zones: Vec<String>) -> Rest {
        let mut open: BTreeMap<String, (HashSet<Arc<str>>, bool)> =
            zones.into_iter().map(|zone| (zone, (HashSet::new(), false))).collect();
        let mut tokens = PageTokens::default();
        let ended = loop {
            let page = match self.reader.all(PAGE, tokens.last()).await {
                Ok(page) => page,
                Err(error) => break Err(error.into()),
            };
            for (zone, said) in page.zones {
                let Some((seen, named)) = open.get_mut(&zone) else { continue };
                match said {
                    Ok(rows) => {
                        *named = true;
                        self.out.page(&zone, self.reader.fresh(rows, seen));
                    }
                    Err(error) => {
                        open.remove(&zone);
                        self.out.end(&zone, Err(error));
                    }
                }
            }
            if let Some(warning) = page.warning {
                break Err(warning.into());
            }
            match tokens.go_on(OF_ALL, page.next) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error.into()),
            }
        };
        let mut silent = Vec::new();
        for (zone, (_, named)) in open {
            match &ended {
                Ok(()) if named => self.out.end(&zone, Ok(())),
                Ok(()) => silent.push(zone),
                Err(error) => self.out.end(&zone, Err(ProviderError::clone(error))),
            }
        }
        Rest::Zones(silent)
    }
}

impl Context<'_> {
    /// Lists `zone` to its end, handing each page's new rows to `each`. A page whose warning says
    /// that something is missing ends it as failed.
    pub async fn zone(&self, zone: &str, mut each: impl FnMut(Vec<ListedResource>)) -> Result<(), ProviderError> {
        let path = self.client.path(["zones", zone, "instances"]);
        let place = self.place(zone);
        let fields = format!("kind,nextPageToken,warning(code,message),items({FIELDS})");
        let size = PAGE.to_string();
        let mut seen = HashSet::new();
        let mut tokens = PageTokens::default();
        loop {
            let mut query = vec![("maxResults", size.as_str()), ("fields", fields.as_str())];
            query.extend(tokens.last().map(|token| ("pageToken", token)));
            let body: Bytes = self.client.read(ReadClass::Zone, &path, &query).await?;
            let page = reply::page(OPERATION, &body, &place)?;
            each(self.fresh(page.rows, &mut seen));
            if let Some(warning) = page.warning {
                return Err(warning.into());
            }
            if !tokens.go_on(OPERATION, page.next)? {
                return Ok(());
            }
        }
    }

    /// A page of all zones.
    async fn all(&self, size: usize, token: Option<&str>) -> Result<reply::AllPage, GcpError> {
        let path = self.client.path(["aggregated", "instances"]);
        let fields = format!(
            "kind,nextPageToken,unreachables,warning(code,message),items/*/warning(code,message),\
             items/*/instances({FIELDS})"
        );
        let size = size.to_string();
        let mut query =
            vec![("maxResults", size.as_str()), ("returnPartialSuccess", "true"), ("fields", fields.as_str())];
        query.extend(token.map(|token| ("pageToken", token)));
        let body = self.client.read(ReadClass::Heavy, &path, &query).await?;
        reply::all_page(OF_ALL, &body, self.realm)
    }

    /// The rows that were not seen before: Google may show an instance twice when the fleet changes
    /// between pages.
    fn fresh(&self, mut rows: Vec<ListedResource>, seen: &mut HashSet<Arc<str>>) -> Vec<ListedResource> {
        rows.retain(|row| seen.insert(Arc::clone(&row.resource.key.native)));
        for row in &mut rows {
            self.preflight.complete(&mut row.resource);
        }
        rows
    }
}

/// Whether no zone would fare better than the page of all of them: it is the project that is not
/// there, or not to be read.
fn is_for_all(error: &GcpError) -> bool {
    let refused = || {
        matches!(
            ProviderError::from(error.clone()),
            ProviderError::Unauthenticated { .. }
                | ProviderError::NotEnabled { .. }
                | ProviderError::PermissionDenied { .. }
        )
    };
    error.status() == Some(404) || refused()
}

/// Where the items go.
struct Out {
    items: mpsc::UnboundedSender<SweepItem>,
    scopes: BTreeMap<String, Scope>,
    /// How many instances went there.
    rows: AtomicUsize,
}

impl Out {
    fn page(&self, zone: &str, resources: Vec<ListedResource>) {
        self.rows.fetch_add(resources.len(), Ordering::Relaxed);
        if let Some(scope) = self.scopes.get(zone) {
            self.send(SweepItem::Page { scope: scope.clone(), resources });
        }
    }

    fn end(&self, zone: &str, ended: Result<(), ProviderError>) {
        let Some(scope) = self.scopes.get(zone).cloned() else { return };
        self.send(match ended {
            Ok(()) => SweepItem::Complete { scope },
            Err(error) => SweepItem::Failed { scope, error },
        });
    }

    fn send(&self, item: SweepItem) {
        // Nobody listens any more: the sweep was given up, and this with it.
        let _ = self.items.unbounded_send(item);
    }
}
