//! The client that reads. The SDK sends each request up to three times.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_ec2::{Client as Ec2Client, types::Filter};
use aws_types::region;
use bytes::Bytes;
use nepho_core::Region;

use crate::{
    admission::Admission,
    error::AwsError,
    http::Capture,
    rate_limit::{Purpose, RateLimiter},
    session::Session,
};

const DESCRIBE_INSTANCES: &str = "ec2:DescribeInstances";

/// Selection of instances for `DescribeInstances`.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// A page of a listing.
    Page {
        /// The most instances on the page.
        size: u16,
        /// The token of the page; `None` for the first.
        token: Option<String>,
        /// Patterns of zone names, in which `*` matches any text; empty matches all zones.
        zones: Vec<String>,
    },
    /// Instances with these ids.
    Ids(Vec<String>),
}

/// EC2 and STS clients for reads.
pub(crate) struct Client {
    regional: Regional,
    /// STS of the home region.
    pub sts: aws_sdk_sts::Client,
    /// The region for requests that concern no region.
    pub home: Region,
    rate_limiter: Arc<RateLimiter>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("home", &self.home).finish_non_exhaustive()
    }
}

impl Client {
    /// Prepares the clients; sends nothing.
    pub fn new(session: &Session, rate_limiter: Arc<RateLimiter>) -> Self {
        let config = session.reading();
        Self {
            regional: Regional::new(aws_sdk_ec2::Config::new(&config)),
            sts: aws_sdk_sts::Client::new(&config),
            home: session.home.clone(),
            rate_limiter,
        }
    }

    /// EC2 of `region`.
    pub fn ec2(&self, region: &Region) -> Ec2Client {
        self.regional.client(region)
    }

    /// Waits until a call for `purpose` may be sent to `region`.
    pub async fn admission(&self, region: &Region, purpose: Purpose) -> Admission {
        Admission::wait(&self.rate_limiter, region, purpose).await
    }

    /// Sends `DescribeInstances`, and returns the bytes of the reply. The SDK's own parser would take
    /// more time than all other steps together, and would drop the bytes.
    pub async fn describe(&self, region: &Region, wanted: Wanted) -> Result<Bytes, AwsError> {
        let purpose = match wanted {
            Wanted::Page { .. } => Purpose::Sweep,
            Wanted::Ids(_) => Purpose::Read,
        };
        let admission = self.admission(region, purpose).await;
        let request = self.ec2(region).describe_instances();
        let request = match wanted {
            // A request without size and token would count as "unfiltered and unpaginated", a
            // class whose bucket is half as large.
            Wanted::Page { size, token, zones } => {
                let zones = (!zones.is_empty())
                    .then(|| vec![Filter::builder().name("availability-zone").set_values(Some(zones)).build()]);
                request.max_results(i32::from(size)).set_next_token(token).set_filters(zones)
            }
            Wanted::Ids(ids) => request.set_instance_ids(Some(ids)),
        };
        let capture = Capture::new("<DescribeInstancesResponse/>");
        let sent = request.customize().interceptor(admission).interceptor(capture.clone()).send().await;
        sent.map_err(|error| AwsError::new(DESCRIBE_INSTANCES, &error))?;
        Ok(capture.take())
    }
}

/// EC2 clients, one per region, with the same connections and credentials.
pub(crate) struct Regional {
    config: aws_sdk_ec2::Config,
    clients: Mutex<HashMap<Region, Ec2Client>>,
}

impl Regional {
    /// A set without clients yet.
    pub fn new(config: aws_sdk_ec2::Config) -> Self {
        Self { config, clients: Mutex::default() }
    }

    /// The client of `region`.
    pub fn client(&self, region: &Region) -> Ec2Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let name = region::Region::new(region.as_str().to_owned());
            Ec2Client::from_conf(self.config.to_builder().region(name).build())
        };
        clients.entry(region.clone()).or_insert_with(make).clone()
    }
}
