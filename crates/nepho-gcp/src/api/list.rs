//! Listing of instances: all zones in one page while they fit, else each zone separately.
//!
//! A project of few instances costs one request for all zones. The zones of a larger project are
//! listed in parallel: a chain of pages of all zones would take one round trip, and Google's own
//! time, per page.

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

use super::{context::Context, instances::FIELDS, pages::PageTokens, reply, scopes};
use crate::{client::ReadClass, error::GcpError};

const OPERATION: &str = "compute.instances.list";
const OF_ALL: &str = "compute.instances.aggregatedList";

/// The most scopes of a sweep that lists each zone separately from the start: a page of all zones
/// would seldom save a request.
const FEW: usize = 4;

/// Instances on a page of a zone: Google's maximum.
const PAGE: usize = 500;

/// Instances on the page of all zones that begins a sweep of a project of unknown size. If there are
/// more pages, its instances are requested again.
const FIRST: usize = 100;

/// Zones that are left after the first page of all zones.
enum Rest {
    /// These are listed separately.
    Zones(Vec<String>),
    /// No zone is left.
    Nothing,
}

impl<'a> Context<'a> {
    /// Lists `scopes`, which are zones. Each ends once.
    pub fn list(self, scopes: &'a [Scope]) -> impl Stream<Item = SweepItem> + 'a {
        let (items, listed) = mpsc::unbounded();
        let by_zone = |scope: &Scope| (scope.location.as_str().to_owned(), scope.clone());
        let scopes: BTreeMap<String, Scope> = scopes.iter().map(by_zone).collect();
        let listing = Listing { context: self, out: Out { items, scopes, rows: AtomicUsize::new(0) } };
        stream::select(listed, stream::once(listing.run()).filter_map(|()| future::ready(None)))
    }
}

/// State of one sweep.
struct Listing<'a> {
    context: Context<'a>,
    out: Out,
}

impl Listing<'_> {
    async fn run(self) {
        let mut zones = Vec::new();
        for zone in self.out.scopes.keys() {
            if scopes::is_name(zone) {
                zones.push(zone.clone());
            } else {
                let message = format!("{zone:?} is not the name of a zone");
                self.out.end(zone, Err(ProviderError::Other { code: "NoSuchZone".to_owned(), message }));
            }
        }
        let instances = self.context.instances.load(Ordering::Relaxed);
        let rest = if self.context.zones_denied {
            self.chain_of_all(zones).await
        } else if zones.len() > FEW && instances <= PAGE {
            self.page_of_all(zones, if instances > FIRST { PAGE } else { FIRST }).await
        } else {
            Rest::Zones(zones)
        };
        let Rest::Zones(zones) = rest else { return };
        let mut walks: FuturesUnordered<_> = zones.iter().map(|zone| self.zone(zone)).collect();
        while walks.next().await.is_some() {}
        if self.out.scopes.len() > FEW {
            // The next sweep chooses its first request by this count.
            self.context.instances.store(self.out.rows.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Lists one zone to its end.
    async fn zone(&self, zone: &str) {
        let ended = self.context.zone(zone, |rows| self.out.page(zone, rows)).await;
        self.out.end(zone, ended);
    }

    /// Requests a page of all zones, which may be the only one.
    async fn page_of_all(&self, zones: Vec<String>, size: usize) -> Rest {
        let page = match self.context.all(size, None).await {
            Ok(page) if page.next.is_none() && page.warning.is_none() => page,
            // More than one page, or incomplete without naming a zone: each zone is listed separately.
            Ok(_) => return Rest::Zones(zones),
            Err(error) if !concerns_project(&error) => return Rest::Zones(zones),
            Err(error) => {
                let error = ProviderError::from(error);
                for zone in &zones {
                    self.out.end(zone, Err(error.clone()));
                }
                return Rest::Nothing;
            }
        };
        // A zone that the page does not name may hold instances.
        Rest::Zones(self.distribute(zones, page.zones))
    }

    /// Ends the zones that a page names; returns the others.
    fn distribute(
        &self,
        zones: Vec<String>,
        mut parts: BTreeMap<String, Result<Vec<ListedResource>, ProviderError>>,
    ) -> Vec<String> {
        let mut unnamed = Vec::new();
        for zone in zones {
            match parts.remove(&zone) {
                Some(Ok(rows)) => {
                    let mut seen = HashSet::new();
                    self.out.page(&zone, self.context.unseen(rows, &mut seen));
                    self.out.end(&zone, Ok(()));
                }
                Some(Err(error)) => self.out.end(&zone, Err(error)),
                None => unnamed.push(zone),
            }
        }
        unnamed
    }

    /// Follows the pages of all zones to their end. No zone is complete before the last page.
    async fn chain_of_all(&self, zones: Vec<String>) -> Rest {
        let mut open: BTreeMap<String, (HashSet<Arc<str>>, bool)> =
            zones.into_iter().map(|zone| (zone, (HashSet::new(), false))).collect();
        let mut tokens = PageTokens::default();
        let ended = loop {
            let page = match self.context.all(PAGE, tokens.last()).await {
                Ok(page) => page,
                Err(error) => break Err(error.into()),
            };
            for (zone, part) in page.zones {
                let Some((seen, named)) = open.get_mut(&zone) else { continue };
                match part {
                    Ok(rows) => {
                        *named = true;
                        self.out.page(&zone, self.context.unseen(rows, seen));
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
            match tokens.advance(OF_ALL, page.next) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error.into()),
            }
        };
        let mut unnamed = Vec::new();
        for (zone, (_, named)) in open {
            match &ended {
                Ok(()) if named => self.out.end(&zone, Ok(())),
                Ok(()) => unnamed.push(zone),
                Err(error) => self.out.end(&zone, Err(ProviderError::clone(error))),
            }
        }
        Rest::Zones(unnamed)
    }
}

impl Context<'_> {
    /// Lists `zone` to its end, and passes the new rows of each page to `each`. Fails at a page with a
    /// warning that some instances are missing.
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
            each(self.unseen(page.rows, &mut seen));
            if let Some(warning) = page.warning {
                return Err(warning.into());
            }
            if !tokens.advance(OPERATION, page.next)? {
                return Ok(());
            }
        }
    }

    /// A page of all zones.
    async fn all(&self, size: usize, token: Option<&str>) -> Result<reply::AggregatedPage, GcpError> {
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
        reply::aggregated_page(OF_ALL, &body, self.realm)
    }

    /// Removes rows that an earlier page contained: Google may list an instance twice if the fleet
    /// changes between pages.
    fn unseen(&self, mut rows: Vec<ListedResource>, seen: &mut HashSet<Arc<str>>) -> Vec<ListedResource> {
        rows.retain(|row| seen.insert(Arc::clone(&row.resource.key.native)));
        for row in &mut rows {
            self.preflight.complete(&mut row.resource);
        }
        rows
    }
}

/// True if the error concerns the project, so that a listing of one zone would fail too.
fn concerns_project(error: &GcpError) -> bool {
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

/// Receiver of the items.
struct Out {
    items: mpsc::UnboundedSender<SweepItem>,
    scopes: BTreeMap<String, Scope>,
    /// The number of instances so far.
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
        // Fails only if the sweep was dropped, which ends this listing too.
        let _ = self.items.unbounded_send(item);
    }
}
