//! `DescribeInstances`: filters, pages, tokens, and pages rendered in advance for the benchmark.

use std::collections::HashMap;

use nepho_core::State;

use super::{
    cloud::{Instances, invalid},
    machine::{Ec2Instance, word},
    reply::{close_ec2, open_ec2},
};
use crate::loopback::{Params, Reply, compressed};

const ACTION: &str = "DescribeInstances";

/// The selection of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    ids: Vec<String>,
    filters: Vec<(String, Vec<String>)>,
    size: Option<usize>,
    offset: usize,
}

/// Rendered answers of one region, valid for one version of its instances.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    version: u64,
    rendered: HashMap<Asked, Reply>,
}

impl Asked {
    /// Reads the parameters as EC2 does.
    pub(crate) fn from(params: &Params) -> Result<Self, Reply> {
        let ids = params.list("InstanceId");
        let size = match params.get("MaxResults") {
            Some(_) if !ids.is_empty() => {
                let words = "The parameter instancesSet cannot be used with the parameter maxResults";
                return Err(Reply::ec2_error(400, "InvalidParameterCombination", words));
            }
            Some(text) => {
                let size = text.parse::<usize>().ok().filter(|size| (5..=1000).contains(size));
                Some(size.ok_or_else(|| {
                    invalid(&format!(
                        "Value ( {text} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000."
                    ))
                })?)
            }
            None => None,
        };
        let mut asked = Self { ids, filters: params.filters(), size, offset: 0 };
        if let Some(name) = asked.filters.iter().map(|(name, _)| name).find(|name| !known_filter(name)) {
            return Err(invalid(&format!("The filter '{name}' is invalid")));
        }
        if let Some(token) = params.get("NextToken") {
            asked.offset = token
                .strip_prefix("page-")
                .and_then(|offset| offset.parse().ok())
                .ok_or_else(|| Reply::ec2_error(400, "InvalidNextToken", "The token is not valid."))?;
        }
        Ok(asked)
    }

    /// A complete listing by pages of this size, of one zone or of all.
    pub(crate) fn listing(size: usize, zone: Option<&str>) -> Self {
        let filters = zone.map(|zone| ("availability-zone".to_owned(), vec![zone.to_owned()]));
        Self { size: Some(size), filters: filters.into_iter().collect(), ..Self::default() }
    }

    fn shows(&self, instance: &Ec2Instance, state: State) -> bool {
        let named = self.ids.is_empty() || self.ids.contains(&instance.id);
        named
            && self
                .filters
                .iter()
                .all(|(name, values)| values.iter().any(|value| matches(name, value, instance, state)))
    }

    pub(crate) fn at_page(mut self, page: usize) -> Self {
        self.offset = page * self.size.unwrap_or(1000);
        self
    }
}

impl Pages {
    /// Returns the answer to `asked`; the instances must be settled to `version`.
    pub(crate) fn answer(
        &mut self,
        asked: Asked,
        instances: &Instances,
        account: &str,
        version: u64,
        gzip: bool,
    ) -> Reply {
        if self.version != version {
            self.version = version;
            self.rendered.clear();
        }
        if let Some(ready) = self.rendered.get(&asked) {
            return ready.clone();
        }
        let mut reply = render(&asked, instances, account);
        if gzip {
            reply.gzip = Some(compressed(&reply.body));
        }
        self.rendered.insert(asked, reply.clone());
        reply
    }

    /// Renders every page of a listing in advance; returns their number.
    pub(crate) fn warm(
        &mut self,
        size: usize,
        zone: Option<&str>,
        instances: &Instances,
        account: &str,
        version: u64,
    ) -> usize {
        let whole = Asked::listing(size, zone);
        let rows = instances.shown().filter(|(instance, state)| whole.shows(instance, *state)).count();
        let pages = rows.div_ceil(size).max(1);
        for page in 0..pages {
            self.answer(whole.clone().at_page(page), instances, account, version, true);
        }
        pages
    }
}

/// Returns the token of the page that begins at `offset`.
pub(crate) fn token(offset: usize) -> String {
    format!("page-{offset}")
}

fn render(asked: &Asked, instances: &Instances, account: &str) -> Reply {
    let size = asked.size.unwrap_or(usize::MAX);
    let mut found = instances.shown().filter(|(instance, state)| asked.shows(instance, *state)).skip(asked.offset);
    let page: Vec<_> = found.by_ref().take(size).collect();
    let more = found.next().is_some();
    let mut body = open_ec2(ACTION);
    body += "<reservationSet>";
    for together in page.chunk_by(|(one, _), (next, _)| one.reservation == next.reservation) {
        put!(
            body,
            "<item><reservationId>{}</reservationId><ownerId>{account}</ownerId><groupSet/><instancesSet>",
            together[0].0.reservation
        );
        for (instance, state) in together {
            body += &instance.item(*state, account);
        }
        body += "</instancesSet><requesterId>043234062703</requesterId></item>";
    }
    body += "</reservationSet>";
    if more {
        put!(body, "<nextToken>{}</nextToken>", token(asked.offset + size));
    }
    body += &close_ec2(ACTION);
    let mut reply = Reply::new(200, "text/xml;charset=UTF-8", body);
    reply.rows = page.len();
    reply
}

fn known_filter(name: &str) -> bool {
    matches!(name, "availability-zone" | "instance-state-name" | "instance-id" | "instance-type")
        || name.starts_with("tag:")
}

fn matches(name: &str, value: &str, instance: &Ec2Instance, state: State) -> bool {
    match name {
        "availability-zone" => fits(value, &instance.zone),
        "instance-state-name" => fits(value, word(state)),
        "instance-id" => fits(value, &instance.id),
        "instance-type" => fits(value, &instance.size),
        tag => instance.tags.iter().any(|(key, tagged)| tag.strip_prefix("tag:") == Some(key) && fits(value, tagged)),
    }
}

/// Returns true if a filter's value matches: `*` stands for any characters, `?` for none or one
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>).
fn fits(value: &str, text: &str) -> bool {
    let Some(first) = value.chars().next() else { return text.is_empty() };
    let value = &value[first.len_utf8()..];
    let mut later = text.chars();
    match first {
        '*' => (0..=text.len()).any(|at| text.get(at..).is_some_and(|rest| fits(value, rest))),
        '?' => fits(value, text) || (later.next().is_some() && fits(value, later.as_str())),
        _ => later.next() == Some(first) && fits(value, later.as_str()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_filters_value_may_have_wildcards() {
        for (value, text, fits) in [
            ("eu-west-1a", "eu-west-1a", true),
            ("eu-west-1", "eu-west-1a", false),
            ("*a", "eu-west-1a", true),
            ("*b", "eu-west-1a", false),
            ("eu-*-1?", "eu-west-1a", true),
            ("eu-west-1?", "eu-west-1", true),
            ("*", "", true),
            ("", "x", false),
        ] {
            assert_eq!(super::fits(value, text), fits, "{value} {text}");
        }
    }
}
