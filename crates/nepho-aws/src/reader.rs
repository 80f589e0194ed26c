//! The client that only reads. The SDK retries for it: three attempts.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_ec2::{Client, types::Filter};
use aws_types::region;
use bytes::Bytes;
use nepho_core::Region;

use crate::{error::AwsError, http::Capture, rate_limit::RateLimiter, session::Session};

const DESCRIBE_INSTANCES: &str = "ec2:DescribeInstances";

/// What `DescribeInstances` is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// A page; the first, or the one that the token names.
    Page {
        /// The most instances on it.
        size: u16,
        /// Which page.
        token: Option<String>,
        /// Only instances whose zone's name matches one of these (`*` stands for anything); empty
        /// is all.
        zones: Vec<String>,
    },
    /// These ids.
    Ids(Vec<String>),
}

/// EC2 and STS, for reading.
pub(crate) struct Reader {
    regional: Regional,
    /// STS in the home region.
    pub sts: aws_sdk_sts::Client,
    /// The region for questions that are of no region.
    pub home: Region,
    /// How much may be asked.
    pub rate_limiter: Arc<RateLimiter>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("home", &self.home).finish_non_exhaustive()
    }
}

impl Reader {
    /// Reads within `rate_limiter`.
    pub fn new(session: &Session, rate_limiter: Arc<RateLimiter>) -> Self {
        let config = session.reading();
        Self {
            regional: Regional::new(aws_sdk_ec2::Config::new(&config)),
            sts: aws_sdk_sts::Client::new(&config),
            home: session.home.clone(),
            rate_limiter,
        }
    }

    /// EC2 in `region`.
    pub fn ec2(&self, region: &Region) -> Client {
        self.regional.client(region)
    }

    /// Asks for instances, and returns the reply as it came: the SDK's own reading of it would
    /// cost more than everything else, and loses the bytes.
    pub async fn describe(&self, region: &Region, wanted: Wanted) -> Result<Bytes, AwsError> {
        let _permit = self.rate_limiter.read(region).await;
        let request = self.ec2(region).describe_instances();
        let request = match wanted {
            // With a size and a token, so never the "unfiltered and unpaginated" class, whose
            // bucket is half as large.
            Wanted::Page { size, token, zones } => {
                let zones = (!zones.is_empty())
                    .then(|| vec![Filter::builder().name("availability-zone").set_values(Some(zones)).build()]);
                request.max_results(i32::from(size)).set_next_token(token).set_filters(zones)
            }
            Wanted::Ids(ids) => request.set_instance_ids(Some(ids)),
        };
        let capture = Capture::new("<DescribeInstancesResponse/>");
        let sent = request.customize().interceptor(capture.clone()).send().await;
        sent.map_err(|error| AwsError::new(DESCRIBE_INSTANCES, &error))?;
        Ok(capture.take())
    }
}

/// One EC2 client per region, over the same connections and credentials.
pub(crate) struct Regional {
    config: aws_sdk_ec2::Config,
    clients: Mutex<HashMap<Region, Client>>,
}

impl Regional {
    /// No clients yet.
    pub fn new(config: aws_sdk_ec2::Config) -> Self {
        Self { config, clients: Mutex::default() }
    }

    /// The client of `region`.
    pub fn client(&self, region: &Region) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let name = region::Region::new(region.as_str().to_owned());
            Client::from_conf(self.config.to_builder().region(name).build())
        };
        clients.entry(region.clone()).or_insert_with(make).clone()
    }
}
