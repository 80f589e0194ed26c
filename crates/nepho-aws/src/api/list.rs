//! Listing the instances of regions, and finding out which regions there are.

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
use nepho_core::{Kind, Location, ProviderError, Realm, Region, Scope, Zone, provider::SweepItem};

use super::reply;
use crate::{
    error::AwsError,
    reader::{Reader, Wanted},
    xml::ReplyError,
};

const OPERATION: &str = "ec2:DescribeInstances";

/// Instances on a region's first page.
const FIRST: u16 = 100;

/// Instances on the others: EC2's most.
const PAGE: u16 = 1000;

/// The most pages of one part: with full pages, ten million instances.
const MOST_PAGES: usize = 10_000;

/// The regions that the account has enabled.
pub(crate) async fn regions(reader: &Reader) -> Result<Vec<Region>, AwsError> {
    let _permit = reader.rate_limiter.read(&reader.home).await;
    // Without `AllRegions` only enabled regions are listed
    // (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html>).
    let sent = reader.ec2(&reader.home).describe_regions().send().await;
    let reply = sent.map_err(|error| AwsError::new("ec2:DescribeRegions", &error))?;
    let enabled = |status: Option<&str>| matches!(status, None | Some("opt-in-not-required" | "opted-in"));
    let mut regions: Vec<Region> = reply
        .regions()
        .iter()
        .filter(|region| enabled(region.opt_in_status()))
        .filter_map(|region| region.region_name().map(Region::from))
        .collect();
    regions.sort();
    regions.dedup();
    if regions.is_empty() {
        return Err(AwsError::Malformed { reason: "ec2:DescribeRegions named no region".to_owned() });
    }
    Ok(regions)
}

/// The scope of `region`'s instances.
pub(crate) fn scope(region: &Region) -> Scope {
    Scope { location: Location::new(region.as_str()), kind: Kind::Instance }
}

/// Lists one scope, page by page.
pub(crate) fn instances(reader: &Reader, realm: Realm, scope: Scope) -> impl Stream<Item = SweepItem> + '_ {
    let region = Region::new(scope.location.as_str());
    let (items, listed) = mpsc::unbounded();
    let listing = Listing { reader, realm, region, scope, items, seen: Mutex::default(), unproven: Mutex::default() };
    stream::select(listed, stream::once(listing.run()).filter_map(future::ready))
}

/// One region's listing, under way.
struct Listing<'a> {
    reader: &'a Reader,
    realm: Realm,
    region: Region,
    scope: Scope,
    /// Pages go here as they are read; what follows the last one is the listing's result.
    items: mpsc::UnboundedSender<SweepItem>,
    /// What was listed: EC2 may show an instance twice when the fleet changes between pages.
    seen: Mutex<HashSet<Arc<str>>>,
    /// What the first page showed and no part has shown yet.
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
        // Through the same channel as the pages, so that it comes after them.
        let _ = self.items.unbounded_send(end);
        None
    }

    /// A small first page tells a large region soon. The rest of such a region is asked for in
    /// parts, at once: a chain of pages takes a round trip, and EC2's own time, for each of them.
    async fn walk(&self) -> Result<(), ProviderError> {
        let body = self.fetch(FIRST, &[], None).await?;
        let page = self.read(&body)?;
        let Some(token) = page.next else { return Ok(()) };
        if page.ids.len() < usize::from(FIRST) {
            // EC2 pages as it likes here: its tokens are followed.
            return self.chain(FIRST, &[], Some(token)).await;
        }
        *locked(&self.unproven) = page.ids.into_iter().collect();
        let parts = parts(&page.zones);
        match future::try_join_all(parts.iter().map(|zones| self.chain(PAGE, zones, None))).await {
            Ok(_) if locked(&self.unproven).is_empty() => Ok(()),
            // An endpoint that does not know the filter shows nothing, or refuses the question.
            Ok(_) | Err(ProviderError::Other { .. }) => self.chain(PAGE, &[], None).await,
            Err(error) => Err(error),
        }
    }

    /// Lists what matches `zones` to its end, from the page of `token` on.
    async fn chain(&self, size: u16, zones: &[String], token: Option<String>) -> Result<(), ProviderError> {
        let mut tokens: HashSet<String> = token.iter().cloned().collect();
        let mut page = self.fetch(size, zones, token);
        loop {
            let body = page.await?;
            // The next page is on its way while this one is read.
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
                Some(_) => return Err(AwsError::reply(OPERATION, &ReplyError::Loop).into()),
            };
        }
    }

    fn fetch(&self, size: u16, zones: &[String], token: Option<String>) -> Fetching<'a> {
        let (reader, region) = (self.reader, self.region.clone());
        let wanted = Wanted::Page { size, token, zones: zones.to_vec() };
        async move { reader.describe(&region, wanted).await }.boxed()
    }

    /// Reads a page and hands on what is new on it.
    fn read(&self, body: &Bytes) -> Result<Read, ProviderError> {
        let page = reply::page(body, &self.realm, &self.region).map_err(|error| AwsError::reply(OPERATION, &error))?;
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
        // Nobody listens any more: the sweep was given up, and this with it.
        let _ = self.items.unbounded_send(SweepItem::Page { scope: self.scope.clone(), resources });
        Ok(Read { ids, zones, next: page.next })
    }
}

/// What a page said.
struct Read {
    ids: Vec<Arc<str>>,
    zones: HashSet<Zone>,
    next: Option<String>,
}

type Fetching<'a> = BoxFuture<'a, Result<Bytes, AwsError>>;

/// Sees to it that the request leaves before this returns.
async fn sent(mut page: Fetching<'_>) -> Fetching<'_> {
    match futures::poll!(&mut page) {
        Poll::Ready(page) => future::ready(page).boxed(),
        Poll::Pending => page,
    }
}

/// Splits all zones by the last letter of their names, so that no zone need be known: a part for
/// each letter of `seen`, and one for all the others. Names of zones are lower case:
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
    fn the_parts_hold_every_zone_once() {
        let zones = ["us-east-1a", "us-east-1f", "us-west-2-lax-1b", "us-east-1-wl1-bos-wlz-1"].map(Zone::new);
        for seen in 0..=zones.len() {
            let parts = parts(&zones[..seen].iter().cloned().collect());
            assert_eq!(parts.len(), seen + 1);
            for zone in &zones {
                let holds = |part: &Vec<String>| part.iter().any(|value| zone.as_str().ends_with(&value[1..]));
                assert_eq!(parts.iter().filter(|part| holds(part)).count(), 1, "{zone:?} of {parts:?}");
            }
            // EC2's limit of values of a filter.
            assert!(parts.iter().all(|part| part.len() <= 200));
        }
    }
}
