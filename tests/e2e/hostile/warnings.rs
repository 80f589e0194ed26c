//! The warnings of a plan before an action, all read over the wire: from listings, attributes and
//! types as EC2 sends them.

use std::{collections::BTreeMap, net::Ipv4Addr};

use nepho_testkit::ec2::{Ec2Instance, Setup, Spot, id};

use super::lab::{Lab, row, state};
use crate::e2e::{
    desktop::{Keyring, Size},
    window::Window,
};

const REGION: &str = "eu-west-1";
const MUTATIONS: [&str; 4] = ["StartInstances", "StopInstances", "RebootInstances", "TerminateInstances"];
/// An instance in a plan: verdict, reason, warnings.
type Said = (String, String, String);

fn machines() -> Vec<Ec2Instance> {
    let new = |number: u64, name: &str| Ec2Instance::new(REGION, &id(number)).named(name);
    vec![
        new(1, "plain"),
        new(2, "in-a-group").group("web-asg"),
        new(3, "spot-persistent").spot(Spot::Persistent),
        new(4, "local-disks").size("m5d.large"),
        new(5, "public-ip").amazon_ip(Ipv4Addr::new(203, 0, 113, 7)),
        new(6, "elastic-ip").elastic_ip(Ipv4Addr::new(203, 0, 113, 8)),
        new(7, "stop-protected").stop_protected(),
        new(8, "termination-protected").termination_protected(),
        new(9, "local-root").local_root(),
        new(10, "managed").managed_by("eks.amazonaws.com"),
        new(11, "all-at-once")
            .group("batch-asg")
            .spot(Spot::Persistent)
            .size("i3.large")
            .amazon_ip(Ipv4Addr::new(203, 0, 113, 9)),
    ]
}

/// Returns the verdicts of the plan on the screen, by the instance's number.
async fn said(window: &Window) -> BTreeMap<u64, Said> {
    let targets = window
        .read(
            "return [...document.querySelectorAll('[data-testid=plan-target]')].map(({dataset: of}) => \
             [of.key.split(':').pop(), of.verdict, of.reason ?? '', of.warnings])",
        )
        .await;
    let targets: Vec<(String, String, String, String)> = serde_json::from_value(targets).expect("targets");
    let number = |text: &str| u64::from_str_radix(text.trim_start_matches("i-"), 16).expect("an id");
    targets
        .into_iter()
        .map(|(id, verdict, reason, warnings)| {
            let mut warnings: Vec<&str> = warnings.split_whitespace().collect();
            warnings.sort_unstable();
            (number(&id), (verdict, reason, warnings.join(" ")))
        })
        .collect()
}

fn expected<const N: usize>(of: [(u64, &str, &str, &str); N]) -> BTreeMap<u64, Said> {
    let owned = |(number, verdict, reason, warnings): (u64, &str, &str, &str)| {
        (number, (verdict.to_owned(), reason.to_owned(), warnings.to_owned()))
    };
    of.into_iter().map(owned).collect()
}

fn assert_nothing_sent(lab: &Lab) {
    for action in MUTATIONS {
        assert_eq!(lab.cloud.count(action), 0, "a plan sent {action}");
    }
}

#[tokio::test]
async fn a_plan_says_what_the_cloud_knows_and_sends_nothing() {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size(1920, 1080)).await;
    for machine in machines() {
        lab.cloud.put(machine);
    }
    lab.add("lab");
    let window = lab.open("hostile-warnings").await;
    window.find_css(&row(&id(11))).await;
    window.click("select-all").await;
    window.click("act-stop").await;
    window.find("plan-target").await;
    let stop = expected([
        (1, "eligible", "", ""),
        (2, "eligible", "", "group_member"),
        (3, "eligible", "", "spot"),
        (4, "eligible", "", "local_disks_lost"),
        (5, "eligible", "", "public_ip_lost"),
        (6, "eligible", "", ""),
        (7, "refused", "protected", ""),
        (8, "eligible", "", ""),
        (9, "refused", "local_root", ""),
        (10, "refused", "managed_by", ""),
        (11, "eligible", "", "group_member local_disks_lost public_ip_lost spot"),
    ]);
    assert_eq!(said(&window).await, stop);
    // As visible text, not only in attributes.
    for words in ["web-asg", "203.0.113.7", "203.0.113.9", "eks.amazonaws.com"] {
        window.see("[data-testid=\"plan\"]", words).await;
    }
    window.screenshot("stop").await;
    window.click("plan-cancel").await;

    window.click("act-terminate").await;
    window.find("plan-target").await;
    let terminate = said(&window).await;
    let of = |number: u64| (&terminate[&number].0[..], &terminate[&number].1[..]);
    assert_eq!(of(7), ("eligible", ""), "protection against stopping is none against terminating");
    assert_eq!(of(8), ("refused", "protected"));
    assert_eq!(of(9), ("eligible", ""));
    assert_eq!(of(10), ("refused", "managed_by"));
    assert!(terminate[&11].2.contains("group_member"), "{terminate:?}");
    window.screenshot("terminate").await;
    window.click("plan-cancel").await;
    assert_nothing_sent(&lab);

    // After the confirmation it sends the eligible instances, and none of the refused ones.
    window.click("act-stop").await;
    window.click("plan-confirm").await;
    window.find_css(&state(&id(1), "stopped")).await;
    let mut sent: Vec<String> =
        lab.cloud.seen().into_iter().filter(|seen| seen.action == "StopInstances").flat_map(|seen| seen.ids).collect();
    sent.sort_unstable();
    let eligible: Vec<String> = [1, 2, 3, 4, 5, 6, 8, 11].map(id).to_vec();
    assert_eq!(sent, eligible);
    window.find_css(&state(&id(7), "running")).await;
    window.screenshot("stopped").await;
}
