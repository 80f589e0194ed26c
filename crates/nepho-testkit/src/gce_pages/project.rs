//! The project: the choice of the answer to a request. It renders an answer at its first request
//! and keeps it.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Setup,
    asked::{Asked, Subject, refusal},
    fleet::fleet,
    render::render,
};
use crate::loopback::{Cloud, Meter, Reply, Request, Verdict, compressed};

/// A project and its counts.
#[derive(Debug)]
pub(crate) struct Project {
    setup: Setup,
    zones: Vec<(&'static str, Vec<Value>)>,
    pub(crate) meter: Meter,
    /// The answers; the flag is true for a listing's last page.
    ready: HashMap<Asked, (Reply, bool)>,
}

impl Project {
    pub(crate) fn new(setup: Setup) -> Self {
        let zones = fleet(setup.instances, setup.zones);
        Self { setup, zones, meter: Meter::default(), ready: HashMap::new() }
    }

    fn answer(&mut self, asked: &Asked, gzip: bool) -> (Reply, bool) {
        let (reply, last) = match self.ready.entry(asked.clone()) {
            Entry::Occupied(ready) => ready.into_mut(),
            Entry::Vacant(place) => match render(asked, &self.zones) {
                Some(made) => place.insert(made),
                None => return (refusal(404, "notFound", "The resource was not found"), false),
            },
        };
        if gzip && reply.gzip.is_none() {
            reply.gzip = Some(compressed(&reply.body));
        }
        (reply.clone(), *last)
    }

    fn control(&mut self, request: &Request) -> Reply {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/_control/stats") => {
                let mut stats = self.meter.stats();
                stats["instances"] = self.zones.iter().map(|(zone, rows)| (*zone, rows.len())).collect();
                Reply::json(&stats)
            }
            ("POST", "/_control/reset") => {
                self.meter.forget();
                Reply::json(&json!({"ok": true}))
            }
            _ => refusal(404, "notFound", "no such control request"),
        }
    }
}

impl Cloud for Project {
    fn decide(&mut self, request: &Request, _: Instant) -> Verdict {
        if request.path.starts_with("/_control/") {
            return Verdict::control(self.control(request));
        }
        self.meter.served.requests += 1;
        // Google compresses only if the user agent contains `gzip` too
        // (<https://cloud.google.com/compute/docs/api/how-tos/performance>).
        let gzip = request.accepts_gzip() && request.header("user-agent").contains("gzip");
        let (mut reply, lists) = match Asked::from(request) {
            Ok(asked) => {
                let (reply, last) = self.answer(&asked, gzip);
                if last && asked.subject == Subject::Aggregated {
                    // The end of the chain is the end of every zone.
                    for (zone, _) in &self.zones {
                        self.meter.listing.entry((*zone).to_owned()).or_default();
                    }
                }
                let zone = match asked.subject {
                    Subject::Zone(zone) if reply.status == 200 => Some(zone),
                    _ => None,
                };
                (reply, zone)
            }
            Err(refusal) => (refusal, None),
        };
        if !gzip {
            reply.gzip = None;
        }
        let rows = u32::try_from(reply.rows).unwrap_or(u32::MAX);
        let takes = self.setup.latency + self.setup.per_instance * rows;
        let handshake = self.setup.latency * self.setup.handshake_rtts;
        Verdict { reply, breaks: None, takes, handshake, control: false, lists }
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}
