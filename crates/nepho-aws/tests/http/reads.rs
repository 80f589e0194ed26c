//! Fresh reads: unknown ids, preflight, local disks.

use nepho_core::{
    Action, Provider, ProviderError, ResourceKey,
    provider::{Detail, Preflight, Target},
};

use crate::cloud::{Answer, Asked, Cloud, ec2_error, ec2_reply, target};

const PLAN: Detail = Detail::Plan(Action::Stop);

/// Refuses requests with an id of `bad`, and names the first one.
fn unknown(asked: &Asked, bad: &[&str], words: &str) -> Option<Answer> {
    let found = asked.ids().into_iter().find(|id| bad.contains(&id.as_str()))?;
    Some(ec2_error(400, "InvalidInstanceID.NotFound", &words.replace("{}", &found)))
}

/// The preflight of each key; `None` for an unknown key.
async fn seen(cloud: &Cloud, keys: &[ResourceKey], detail: Detail) -> Vec<(String, Option<Preflight>)> {
    let provider = cloud.connect(&["eu-west-1"]).await;
    let targets: Vec<Target> = keys.iter().map(target).collect();
    let mut seen: Vec<_> = provider
        .observe(&targets, detail)
        .await
        .into_iter()
        .map(|one| match one.seen {
            Ok(observed) => (one.key.native.to_string(), Some(observed.preflight)),
            Err(ProviderError::NotFound { key }) => (key.native.to_string(), None),
            Err(error) => panic!("{}: {error}", one.key),
        })
        .collect();
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    seen
}

#[tokio::test]
async fn unknown_ids_do_not_spoil_the_others() {
    for words in ["The instance ID '{}' does not exist", "Some instance does not exist"] {
        let cloud = Cloud::start(move |asked| {
            (asked.action == "DescribeInstances").then(|| unknown(asked, &["i-07", "i-23"], words)).flatten()
        })
        .await;
        let keys: Vec<_> = (0..40).map(|n| cloud.key("eu-west-1", &format!("i-{n:02}"))).collect();
        let seen = seen(&cloud, &keys, Detail::State).await;
        assert_eq!(seen.len(), 40);
        let missing: Vec<_> = seen.iter().filter(|one| one.1.is_none()).map(|one| one.0.as_str()).collect();
        assert_eq!(missing, ["i-07", "i-23"]);
        assert!(cloud.count("DescribeInstances") <= 25, "{}", cloud.count("DescribeInstances"));
    }
}

fn attributes(asked: &Asked) -> Option<Answer> {
    match asked.action.as_str() {
        "DescribeInstanceAttribute" => {
            let name = asked.parameter("Attribute");
            let on = name == "disableApiStop";
            Some(ec2_reply(&format!("<instanceId>i</instanceId><{name}><value>{on}</value></{name}>"), &asked.action))
        }
        "DescribeInstanceTypes" => Some(ec2_reply(
            "<instanceTypeSet><item><instanceType>m5d.large</instanceType>\
             <instanceStorageSupported>true</instanceStorageSupported></item></instanceTypeSet>",
            &asked.action,
        )),
        _ => None,
    }
}

#[tokio::test]
async fn a_plan_learns_protections_and_local_disks() {
    let cloud = Cloud::start(attributes).await;
    let keys = [cloud.key("eu-west-1", "i-1"), cloud.key("eu-west-1", "i-2")];
    let known =
        Preflight { stop: Some(true), termination: Some(false), local_disks: Some(true), ..Preflight::default() };
    assert_eq!(seen(&cloud, &keys, PLAN).await, [("i-1".into(), Some(known)), ("i-2".into(), Some(known))]);
    assert_eq!(cloud.count("DescribeInstanceAttribute"), 4);
    assert_eq!(seen(&cloud, &keys, Detail::State).await[0].1, Some(Preflight::default()));
    assert_eq!(cloud.count("DescribeInstanceAttribute"), 4, "following asks for none");
}

#[tokio::test]
async fn denied_or_excess_preflight_is_not_checked() {
    let denied = Cloud::start(|asked| {
        asked
            .action
            .starts_with("DescribeInstanceA")
            .then(|| ec2_error(403, "UnauthorizedOperation", "No."))
            .or_else(|| attributes(asked))
    })
    .await;
    let keys = [denied.key("eu-west-1", "i-1")];
    let disks_only = Preflight { local_disks: Some(true), ..Preflight::default() };
    assert_eq!(seen(&denied, &keys, PLAN).await[0].1, Some(disks_only));

    let many = Cloud::start(attributes).await;
    let keys: Vec<_> = (0..21).map(|n| many.key("eu-west-1", &format!("i-{n:02}"))).collect();
    assert!(seen(&many, &keys, PLAN).await.iter().all(|one| one.1 == Some(disks_only)));
    assert_eq!(many.count("DescribeInstanceAttribute"), 0);
    assert_eq!(many.count("DescribeInstanceTypes"), 1, "a type is asked for once");
}
