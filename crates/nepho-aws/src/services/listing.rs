//! Listing the instances of regions, and finding out which regions there are.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use futures::{
    FutureExt, Stream,
    future::{self, BoxFuture},
    stream,
};
use nepho_core::{Kind, Location, ProviderError, Realm, Region, Scope, provider::SweepItem};

use super::reply;
use crate::{
    error::AwsError,
    reader::{Reader, Wanted},
    xml::ReplyError,
};

const OPERATION: &str = "ec2:DescribeInstances";

/// The most pages of one region: with full pages, ten million instances.
const MOST_PAGES: usize = 10_000;

/// The regions that the account has enabled.
pub(crate) async fn regions(reader: &Reader) -> Result<Vec<Region>, AwsError> {
    let _leave = reader.budget.read(&reader.home).await;
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

/// Where a region's listing stands.
enum Walk<'a> {
    /// This page is on its way.
    Fetching(BoxFuture<'a, Result<Bytes, AwsError>>),
    /// All pages were read.
    Done,
    /// It broke off.
    Broken(ProviderError),
    /// The end was told.
    Told,
}

struct Listing<'a> {
    reader: &'a Reader,
    realm: Realm,
    region: Region,
    scope: Scope,
    tokens: HashSet<String>,
    seen: HashSet<Arc<str>>,
}

/// Lists one scope, page by page.
pub(crate) fn instances(reader: &Reader, realm: Realm, scope: Scope) -> impl Stream<Item = SweepItem> + '_ {
    let region = Region::new(scope.location.as_str());
    let listing = Listing { reader, realm, region, scope, tokens: HashSet::new(), seen: HashSet::new() };
    let first = listing.fetch(None);
    stream::unfold((listing, Walk::Fetching(first)), |(mut listing, walk)| async move {
        let scope = listing.scope.clone();
        match walk {
            Walk::Fetching(page) => {
                let (item, walk) = match page.await {
                    Ok(body) => listing.page(&body).await,
                    Err(error) => (SweepItem::Failed { scope, error: error.into() }, Walk::Told),
                };
                Some((item, (listing, walk)))
            }
            Walk::Done => Some((SweepItem::Complete { scope }, (listing, Walk::Told))),
            Walk::Broken(error) => Some((SweepItem::Failed { scope, error }, (listing, Walk::Told))),
            Walk::Told => None,
        }
    })
}

impl<'a> Listing<'a> {
    fn fetch(&self, token: Option<String>) -> BoxFuture<'a, Result<Bytes, AwsError>> {
        let (reader, region) = (self.reader, self.region.clone());
        async move { reader.describe(&region, Wanted::Page(token)).await }.boxed()
    }

    /// Reads a page, while the next one is already on its way.
    async fn page(&mut self, body: &Bytes) -> (SweepItem, Walk<'a>) {
        let mut ahead = match reply::next_token(body) {
            Some(token) if !self.tokens.contains(&token) => Some((self.ahead(token.clone()).await, token)),
            _ => None,
        };
        let scope = self.scope.clone();
        let page = match reply::page(body, &self.realm, &self.region) {
            Ok(page) => page,
            Err(error) => {
                let error = AwsError::reply(OPERATION, &error).into();
                return (SweepItem::Failed { scope, error }, Walk::Told);
            }
        };
        let mut resources = page.instances;
        // EC2 may show an instance on two pages when the fleet changes between them.
        resources.retain(|listed| self.seen.insert(Arc::clone(&listed.resource.key.native)));
        let walk = match page.next {
            None => Walk::Done,
            Some(token) if self.tokens.len() < MOST_PAGES && self.tokens.insert(token.clone()) => {
                Walk::Fetching(match ahead.take() {
                    Some((page, hint)) if hint == token => page,
                    _ => self.fetch(Some(token)),
                })
            }
            Some(_) => Walk::Broken(AwsError::reply(OPERATION, &ReplyError::Loop).into()),
        };
        (SweepItem::Page { scope, resources }, walk)
    }

    /// Fetches a page, and sees to it that the request leaves before this returns.
    async fn ahead(&self, token: String) -> BoxFuture<'a, Result<Bytes, AwsError>> {
        let mut page = self.fetch(Some(token));
        match futures::poll!(&mut page) {
            std::task::Poll::Ready(page) => future::ready(page).boxed(),
            std::task::Poll::Pending => page,
        }
    }
}
