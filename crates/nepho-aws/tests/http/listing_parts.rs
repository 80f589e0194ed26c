//! Listings of large regions: in parallel parts, and complete for every kind of endpoint.

use std::collections::BTreeSet;

use nepho_core::{FailureCode, provider::ListedResource};

use crate::cloud::{Answer, Asked, Cloud, ec2_error, ec2_reply, sweep};

const REGION: &str = "us-east-1";

/// An endpoint's treatment of a filter with wildcards.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Filters {
    Honoured,
    TakenLiterally,
    Ignored,
    Refused,
    FailForOneZone,
}

/// 1,520 instances: two of each hundred are in zones whose letters the first page does not have.
fn fleet() -> Vec<(String, &'static str)> {
    let zone = |n: usize| match n {
        0..100 => ["a", "b"][n % 2],
        _ if n % 100 == 7 => "f",
        _ if n % 100 == 8 => "-wl1-bos-wlz-1",
        _ => ["a", "b", "b", "b", "b", "b", "b", "b", "b", "b"][n % 10],
    };
    (0..1520).map(|n| (format!("i-{n:017x}"), zone(n))).collect()
}

fn answer(asked: &Asked, filters: Filters, fleet: &[(String, &str)]) -> Answer {
    let wanted: Vec<&str> = (1..=200)
        .map(|n| asked.parameter(&format!("Filter.1.Value.{n}")))
        .take_while(|value| !value.is_empty())
        .collect();
    let filtered = !wanted.is_empty();
    match filters {
        Filters::Refused if filtered => return ec2_error(400, "InvalidParameterValue", "no wildcards"),
        Filters::FailForOneZone if wanted == ["*b"] => return ec2_error(500, "InternalError", "no"),
        _ => {}
    }
    let fits = |zone: &str| match filters {
        Filters::Ignored => true,
        Filters::TakenLiterally => wanted.contains(&format!("{REGION}{zone}").as_str()),
        _ => wanted.iter().any(|value| zone.ends_with(value.trim_start_matches('*'))),
    };
    let shown: Vec<_> = fleet.iter().filter(|(_, zone)| !filtered || fits(zone)).collect();
    let size: usize = asked.parameter("MaxResults").parse().expect("a size");
    let from: usize = asked.parameter("NextToken").parse().unwrap_or(0);
    let to = shown.len().min(from + size);
    let items: Vec<String> = shown[from..to]
        .iter()
        .map(|(id, zone)| {
            format!(
                "<item><instancesSet><item><instanceId>{id}</instanceId><placement><availabilityZone>{REGION}{zone}\
                 </availabilityZone></placement></item></instancesSet></item>"
            )
        })
        .collect();
    let next = if to < shown.len() { format!("<nextToken>{to}</nextToken>") } else { String::new() };
    ec2_reply(&format!("<reservationSet>{}</reservationSet>{next}", items.concat()), "DescribeInstances")
}

async fn cloud(filters: Filters, fleet: Vec<(String, &'static str)>) -> Cloud {
    Cloud::start(move |asked| (asked.action == "DescribeInstances").then(|| answer(asked, filters, &fleet))).await
}

fn listings(cloud: &Cloud) -> Vec<Asked> {
    cloud.asked().into_iter().filter(|asked| asked.action == "DescribeInstances").collect()
}

fn ids(rows: &[ListedResource]) -> Vec<String> {
    let mut ids: Vec<String> = rows.iter().map(|row| row.resource.key.native.to_string()).collect();
    ids.sort();
    ids
}

fn all(fleet: &[(String, &str)]) -> Vec<String> {
    fleet.iter().map(|(id, _)| id.clone()).collect()
}

#[tokio::test]
async fn a_large_region_is_listed_in_parts_and_every_instance_once() {
    let cloud = cloud(Filters::Honoured, fleet()).await;
    let swept = sweep(&cloud.connect(&[REGION]).await, &[REGION]).await;
    assert_eq!(swept[REGION].ends, [Ok(())]);
    assert_eq!(ids(&swept[REGION].rows), all(&fleet()));
    let asked = listings(&cloud);
    assert_eq!(asked[0].parameter("MaxResults"), "100");
    let parts: BTreeSet<&str> = asked[1..].iter().map(|asked| asked.parameter("Filter.1.Value.1")).collect();
    assert_eq!(parts, BTreeSet::from(["*a", "*b", "*c"]), "the last is for all other letters");
    assert!(asked[1..].iter().all(|asked| asked.parameter("Filter.1.Name") == "availability-zone"));
    assert_eq!(asked.len(), 5, "only the zone with more than 1,000 has a second page");
}

#[tokio::test]
async fn a_small_region_is_one_request() {
    let hundred = fleet()[..100].to_vec();
    let cloud = cloud(Filters::Honoured, hundred.clone()).await;
    let swept = sweep(&cloud.connect(&[REGION]).await, &[REGION]).await;
    assert_eq!((swept[REGION].ends.len(), ids(&swept[REGION].rows)), (1, all(&hundred)));
    assert_eq!(listings(&cloud).len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_does_not_know_the_filter_is_listed_page_by_page() {
    for filters in [Filters::TakenLiterally, Filters::Ignored, Filters::Refused] {
        let cloud = cloud(filters, fleet()).await;
        let swept = sweep(&cloud.connect(&[REGION]).await, &[REGION]).await;
        assert_eq!(swept[REGION].ends, [Ok(())], "{filters:?}");
        assert_eq!(ids(&swept[REGION].rows), all(&fleet()), "{filters:?}");
    }
}

#[tokio::test]
async fn a_part_that_fails_fails_the_scope() {
    let cloud = cloud(Filters::FailForOneZone, fleet()).await;
    let swept = sweep(&cloud.connect(&[REGION]).await, &[REGION]).await;
    let Err(error) = &swept[REGION].ends[0] else { panic!("it completed") };
    assert_eq!(error.code(), FailureCode::Unavailable, "{error}");
}
