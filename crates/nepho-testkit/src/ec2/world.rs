//! The double's state: regions, rules, counts; and the choice of the answer to a request.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    cloud::{Instances, Timing},
    fault::{Fault, FaultRule},
    machine::Ec2Instance,
    pages::{Asked, Pages},
    request::Signer,
    setup::Setup,
};
use crate::loopback::{Cloud, Meter, Params, Reply, Request, Verdict, compressed};

/// The largest number of requests that are kept.
const REMEMBERED: usize = 100_000;

/// A request, as the double read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `ec2` or `sts`, from the credential scope.
    pub service: String,
    /// The region, from the credential scope.
    pub region: String,
    /// The action, such as `DescribeInstances`.
    pub action: String,
    /// The instance ids in the request.
    pub ids: Vec<String>,
}

/// Everything that requests and tests change.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) setup: Setup,
    pub(crate) regions: BTreeMap<String, Instances>,
    pages: BTreeMap<String, Pages>,
    pub(crate) rules: Vec<FaultRule>,
    pub(crate) meter: Meter,
    pub(crate) seen: Vec<Seen>,
    /// The time of the latest request for each action.
    pub(crate) latest: BTreeMap<String, Instant>,
    /// The successful pages of the listing under way, for [`Fault::BreaksAfter`].
    good_pages: BTreeMap<String, usize>,
}

impl World {
    pub(crate) fn new(setup: Setup) -> Self {
        let regions = setup.regions.iter().map(|region| (region.clone(), Instances::default())).collect();
        Self {
            setup,
            regions,
            pages: BTreeMap::new(),
            rules: Vec::new(),
            meter: Meter::default(),
            seen: Vec::new(),
            latest: BTreeMap::new(),
            good_pages: BTreeMap::new(),
        }
    }

    pub(crate) fn put(&mut self, instance: Ec2Instance) {
        self.regions.entry(instance.region.clone()).or_default().put(instance);
    }

    /// Renders all pages of 1,000 in advance, including those of single zones.
    pub(crate) fn warm(&mut self, now: Instant) {
        let timing = self.timing();
        for (region, instances) in &mut self.regions {
            let version = instances.settle(now, timing);
            let zones: std::collections::BTreeSet<String> =
                instances.shown().map(|(instance, _)| instance.zone.clone()).collect();
            let pages = self.pages.entry(region.clone()).or_default();
            for zone in [None].into_iter().chain(zones.iter().map(|zone| Some(zone.as_str()))) {
                pages.warm(1000, zone, instances, &self.setup.account, version);
            }
        }
    }

    pub(crate) fn timing(&self) -> Timing {
        Timing { lag: self.setup.lag, stale: self.setup.stale, vanish: self.setup.vanish }
    }

    fn refused_signer(&self, signer: Option<&Signer>) -> Option<Reply> {
        let Some(signer) = signer else {
            return Some(Reply::ec2_error(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ));
        };
        if self.setup.key_id.as_ref().is_none_or(|key_id| *key_id == signer.key_id) {
            return None;
        }
        Some(if signer.service == "sts" {
            Reply::sts_error(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        } else {
            Reply::ec2_error(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        })
    }

    fn fault(&mut self, service: &str, region: &str, action: &str) -> Option<Fault> {
        let rule = self.rules.iter_mut().find(|rule| rule.fits(service, region, action))?;
        rule.times = rule.times.map(|times| times - 1);
        Some(rule.fault.clone())
    }

    fn answer(
        &mut self,
        service: &str,
        region: &str,
        action: &str,
        params: &Params,
        now: Instant,
    ) -> Result<Reply, Reply> {
        match (service, action) {
            ("sts", "GetCallerIdentity") => return Ok(Reply::caller(&self.setup.account)),
            ("ec2", "DescribeRegions") => return Ok(self.describe_regions(params)),
            ("ec2", "DescribeInstanceTypes") => return Ok(super::types::describe(params)),
            _ => {}
        }
        let timing = self.timing();
        let Some(instances) = self.regions.get_mut(region) else {
            return Err(Reply::ec2_error(
                401,
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
            ));
        };
        let version = instances.settle(now, timing);
        match (service, action) {
            ("ec2", "DescribeInstances") => {
                let asked = Asked::from(params)?;
                instances.known(&params.list("InstanceId"))?;
                let pages = self.pages.entry(region.to_owned()).or_default();
                Ok(pages.answer(asked, instances, &self.setup.account, version, self.setup.gzip))
            }
            ("ec2", "DescribeInstanceAttribute") => instances.attribute(params),
            ("ec2", "StartInstances" | "StopInstances" | "RebootInstances" | "TerminateInstances") => {
                instances.act(action, params, now, timing)
            }
            _ => Err(Reply::ec2_error(
                400,
                "InvalidAction",
                &format!("The action {action} is not valid for this web service."),
            )),
        }
    }

    fn describe_regions(&self, params: &Params) -> Reply {
        let all = params.get("AllRegions") == Some("true");
        let filters = params.filters();
        let wanted = filters.iter().find(|(name, _)| name == "opt-in-status").map(|(_, values)| values);
        let mut body = "<regionInfo>".to_owned();
        let enabled = self.regions.keys().map(|region| (region, "opt-in-not-required"));
        let others = self.setup.not_opted_in.iter().map(|region| (region, "not-opted-in")).filter(|_| all);
        for (region, status) in enabled.chain(others) {
            if wanted.is_none_or(|wanted| wanted.iter().any(|one| one == status)) {
                put!(
                    body,
                    "<item><regionName>{region}</regionName><regionEndpoint>ec2.{region}.amazonaws.com</regionEndpoint><optInStatus>{status}</optInStatus></item>"
                );
            }
        }
        Reply::ec2("DescribeRegions", &format!("{body}</regionInfo>"))
    }

    /// Applies a fault of the contents to the reply; the connection applies the other faults.
    fn spoiled(&mut self, reply: Reply, fault: Option<&Fault>, region: &str, params: &Params) -> Reply {
        let Some(fault) = fault else { return reply };
        let good = self.good_pages.entry(region.to_owned()).or_default();
        if params.get("NextToken").is_none() {
            *good = 0;
        }
        match fault {
            Fault::Denied => {
                Reply::ec2_error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
            }
            Fault::NotOptedIn => {
                Reply::ec2_error(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
            }
            Fault::Throttled => Reply::ec2_error(503, "RequestLimitExceeded", "Request limit exceeded."),
            Fault::Error { status, code, message } => Reply::ec2_error(*status, code, message),
            Fault::Garbage => Reply::new(
                200,
                "text/xml;charset=UTF-8",
                (0..4096_u32).map(|n| (n * 197 % 251) as u8).collect::<Vec<u8>>(),
            ),
            Fault::Html => Reply::new(
                200,
                "text/html",
                "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome to the hotel network<br></body></html>",
            ),
            Fault::Body { bytes } => Reply::new(200, "text/xml;charset=UTF-8", bytes.clone()),
            Fault::GzipBomb { megabytes } => {
                let mut bomb = Reply::new(200, "text/xml;charset=UTF-8", Vec::new());
                bomb.gzip = Some(compressed(&vec![b' '; megabytes << 20]));
                bomb
            }
            Fault::BreaksAfter { pages } if *good >= *pages => {
                Reply::ec2_error(500, "InternalError", "An internal error has occurred")
            }
            Fault::BreaksAfter { .. } => {
                *good += 1;
                reply
            }
            Fault::RepeatsToken => with_token(&reply, "page-0"),
            Fault::EmptyPages if params.get("NextToken").is_none() => {
                let empty = Reply::ec2("DescribeInstances", "<reservationSet/>");
                with_token(&empty, "page-0")
            }
            Fault::EmptyPages
            | Fault::Hung
            | Fault::Closed
            | Fault::Cut { .. }
            | Fault::Short { .. }
            | Fault::Drip { .. }
            | Fault::Executed(_) => reply,
        }
    }

    /// Returns the counts as JSON.
    pub(crate) fn stats(&self) -> Value {
        let mut by_action: BTreeMap<&str, u64> = BTreeMap::new();
        let mut by_region: BTreeMap<&str, u64> = BTreeMap::new();
        for seen in &self.seen {
            *by_action.entry(&seen.action).or_default() += 1;
            *by_region.entry(&seen.region).or_default() += 1;
        }
        let rows: BTreeMap<&str, usize> = self.regions.iter().map(|(name, all)| (name.as_str(), all.len())).collect();
        let mut stats = self.meter.stats();
        stats["by_action"] = json!(by_action);
        stats["by_region"] = json!(by_region);
        stats["instances"] = json!(rows);
        stats
    }
}

impl Cloud for World {
    fn decide(&mut self, request: &Request, now: Instant) -> Verdict {
        if request.path.starts_with("/_control/") {
            return Verdict::control(super::control::answer(self, request, now));
        }
        let params = request.form();
        let action = params.get("Action").unwrap_or_default().to_owned();
        let signer = Signer::of(request);
        self.meter.served.requests += 1;
        let (service, region) =
            signer.as_ref().map_or(("", ""), |signer| (signer.service.as_str(), signer.region.as_str()));
        if self.seen.len() < REMEMBERED {
            let mut ids = params.list("InstanceId");
            ids.extend(params.get("InstanceId").map(str::to_owned));
            let (service, region) = (service.to_owned(), region.to_owned());
            self.seen.push(Seen { service, region, action: action.clone(), ids });
        }
        self.latest.insert(action.clone(), now);
        let mut fault = self.fault(service, region, &action);
        let executed = match fault {
            Some(Fault::Executed(after)) => {
                fault = Some(*after);
                true
            }
            Some(_) => action.starts_with("Describe") || service == "sts",
            None => true,
        };
        let reply = match self.refused_signer(signer.as_ref()) {
            Some(refusal) => refusal,
            // A fault that replaces the answer prevents the action.
            None if executed => self.answer(service, region, &action, &params, now).unwrap_or_else(|refusal| refusal),
            None => Reply::ec2(&action, ""),
        };
        let reply = self.spoiled(reply, fault.as_ref(), region, &params);
        let rows = u32::try_from(reply.rows).unwrap_or(u32::MAX);
        let takes = self.setup.latency + self.setup.per_instance * rows;
        let lists = (action == "DescribeInstances").then(|| region.to_owned());
        let handshake = self.setup.latency * self.setup.handshake_rtts;
        let breaks = fault.as_ref().and_then(Fault::on_the_way);
        Verdict { reply, breaks, takes, handshake, control: false, lists }
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}

/// Returns the reply with this page as its next one.
fn with_token(reply: &Reply, token: &str) -> Reply {
    let text = String::from_utf8_lossy(&reply.body);
    let text = match (text.find("<nextToken>"), text.find("</DescribeInstancesResponse>")) {
        (Some(at), _) | (None, Some(at)) => {
            format!("{}<nextToken>{token}</nextToken></DescribeInstancesResponse>", &text[..at])
        }
        (None, None) => text.into_owned(),
    };
    Reply { body: text.into(), gzip: None, ..reply.clone() }
}
