//! Listing of instances, region by region.
//!
//! A small first page shows a large region soon. The rest of such a region is listed in parts, in
//! parallel: a chain of pages would take one round trip, and EC2's own time, per page.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use bytes::Bytes;
use futures::{
    FutureExt, Stream, StreamExt,
    channel::mpsc,
    future::{self, BoxFuture},
    stream,
};
use nepho_core::{ProviderError, Realm, Region, Scope, Zone, provider::SweepItem};

use super::reply;
use crate::{
    client::{Client, Wanted},
    error::AwsError,
    xml::ReplyError,
};

const OPERATION: &str = "ec2:DescribeInstances";

/// Instances on a region's first page.
const FIRST: u16 = 100;

/// Instances on the other pages: EC2's maximum.
const PAGE: u16 = 1000;

/// The most pages of one part: with full pages, ten million instances.
const MOST_PAGES: usize = 10_000;

/// Lists one scope, page by page.
pub(crate) fn instances(client: &Client, realm: Realm, scope: Scope) -> impl Stream<Item = SweepItem> + '_ {
    let region = Region::new(scope.location.as_str());
    let (items, listed) = mpsc::unbounded();
    let listing = Listing { client, realm, region, scope, items, seen: Mutex::default(), unproven: Mutex::default() };
    stream::select(listed, stream::once(listing.run()).filter_map(future::ready))
}

/// State of one region's listing.
struct Listing<'a> {
    client: &'a Client,
    realm: Realm,
    region: Region,
    scope: Scope,
    /// Receives each page, and after the last one the result of the listing.
    items: mpsc::UnboundedSender<SweepItem>,
    /// The listed ids: EC2 may list an instance twice if the fleet changes between pages.
    seen: Mutex<HashSet<Arc<str>>>,
    /// The ids of the first page that no part has listed yet.
    unproven: Mutex<HashSet<Arc<str>>>,
}

impl<'a> Listing<'a> {
    async fn run(self) -> Option<SweepItem> {
        let outcome = self.walk().await;
        let scope = self.scope.clone();
        let end = match outcome {
            Ok(()) => SweepItem::Complete { scope },
            Err(error) => SweepItem::Failed { scope, error },
        };
        // Through the channel of the pages, so that it comes after them.
        let _ = self.items.unbounded_send(end);
        None
    }

    /// Lists the region: the first page, and then its parts. Complete only if the parts list every
    /// instance of the first page again.
    async fn walk(&self) -> Result<(), ProviderError> {
        let body = self.fetch(FIRST, &[], None).await?;
        let page = self.read(&body)?;
        let Some(token) = page.next else { return Ok(()) };
        if page.ids.len() < usize::from(FIRST) {
            // A page with fewer instances than requested: this endpoint chooses its own pages.
            return self.chain(FIRST, &[], Some(token)).await;
        }
        *locked(&self.unproven) = page.ids.into_iter().collect();
        let parts = parts(&page.zones);
        match future::try_join_all(parts.iter().map(|zones| self.chain(PAGE, zones, None))).await {
            Ok(_) if locked(&self.unproven).is_empty() => Ok(()),
            // An endpoint without this filter lists no instance, or refuses the request.
            Ok(_) | Err(ProviderError::Other { .. }) => self.chain(PAGE, &[], None).await,
            Err(error) => Err(error),
        }
    }

    /// Lists the instances in `zones` to the end, from the page of `token` on.
    async fn chain(&self, size: u16, zones: &[String], token: Option<String>) -> Result<(), ProviderError> {
        let mut tokens: HashSet<String> = token.iter().cloned().collect();
        let mut page = self.fetch(size, zones, token);
        loop {
            let body = page.await?;
            // The next page is requested before this one is parsed.
            let mut ahead = match reply::next_token(&body) {
                Some(token) if !tokens.contains(&token) => {
                    Some((sent(self.fetch(size, zones, Some(token.clone()))).await, token))
                }
                _ => None,
            };
            page = match self.read(&body)?.next {
                None => return Ok(()),
                Some(token) if tokens.len() < MOST_PAGES && tokens.insert(token.clone()) => match ahead.take() {
                    Some((page, hint)) if hint == token => page,
                    _ => self.fetch(size, zones, Some(token)),
                },
                Some(_) => return Err(AwsError::unreadable(OPERATION, &ReplyError::Loop).into()),
            };
        }
    }

    fn fetch(&self, size: u16, zones: &[String], token: Option<String>) -> Fetching<'a> {
        let (client, region) = (self.client, self.region.clone());
        let wanted = Wanted::Page { size, token, zones: zones.to_vec() };
        async move { client.describe(&region, wanted).await }.boxed()
    }

    /// Reads a page, and sends its new instances to the receiver.
    fn read(&self, body: &Bytes) -> Result<Read, ProviderError> {
        let page =
            reply::page(body, &self.realm, &self.region).map_err(|error| AwsError::unreadable(OPERATION, &error))?;
        let ids: Vec<Arc<str>> = page.instances.iter().map(|listed| Arc::clone(&listed.resource.key.native)).collect();
        let zones = page.instances.iter().filter_map(|listed| listed.resource.zone.clone()).collect();
        let mut resources = page.instances;
        {
            let (mut seen, mut unproven) = (locked(&self.seen), locked(&self.unproven));
            for id in &ids {
                unproven.remove(id);
            }
            resources.retain(|listed| seen.insert(Arc::clone(&listed.resource.key.native)));
        }
        // Fails only if the sweep was dropped, which ends this listing too.
        let _ = self.items.unbounded_send(SweepItem::Page { scope: self.scope.clone(), resources });
        Ok(Read { ids, zones, next: page.next })
    }
}

/// Content of a page.
struct Read {
    ids: Vec<Arc<str>>,
    zones: HashSet<Zone>,
    next: Option<String>,
}

type Fetching<'a> = BoxFuture<'a, Result<Bytes, AwsError>>;

/// Polls the page once, so that its request is sent before this returns.
async fn sent(mut page: Fetching<'_>) -> Fetching<'_> {
    match futures::poll!(&mut page) {
        Poll::Ready(page) => future::ready(page).boxed(),
        Poll::Pending => page,
    }
}

/// Splits all zones by the last letter of their names, without a list of the zones: one part for
/// each letter in `seen`, and one for all others. Names of zones are lower case:
/// `us-east-1a`, `us-west-2-lax-1b`, `us-east-1-wl1-bos-wlz-1`.
fn parts(seen: &HashSet<Zone>) -> Vec<Vec<String>> {
    let ends = |letter: char| format!("*{letter}");
    let known: BTreeSet<char> = seen.iter().filter_map(|zone| zone.as_str().chars().next_back()).collect();
    let others = ('a'..='z').chain('0'..='9').filter(|letter| !known.contains(letter)).map(ends).collect();
    known.iter().map(|&letter| vec![ends(letter)]).chain([others]).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_contain_every_zone_once() {
        let zones = ["us-east-1a", "us-east-1f", "us-west-2-lax-1b", "us-east-1-wl1-bos-wlz-1"].map(Zone::new);
        for seen in 0..=zones.len() {
            let parts = parts(&zones[..seen].iter().cloned().collect());
            assert_eq!(parts.len(), seen + 1);
            for zone in &zones {
                let holds = |part: &Vec<String>| part.iter().any(|value| zone.as_str().ends_with(&value[1..]));
                assert_eq!(parts.iter().filter(|part| holds(part)).count(), 1, "{zone:?} of {parts:?}");
            }
            // EC2's limit for the values of a filter.
            assert!(parts.iter().all(|part| part.len() <= 200));
        }
    }
}
