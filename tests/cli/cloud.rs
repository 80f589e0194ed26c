//! The double of EC2 for most tests, and an account of it.

use nepho_testkit::ec2::{Ec2Double, Ec2Instance, Setup, id};
use serde_json::Value;

use super::harness::Nepho;

/// The only key that the double accepts.
pub const KEY_ID: &str = "AKIAQXAMPLECONTRACT7";
/// The secret of the key.
pub const KEY: &str = "cOnTract+wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz";

/// A cloud with three instances in two of its three regions.
pub fn cloud() -> Ec2Double {
    cloud_of(Setup::default())
}

/// The same cloud with another setup.
pub fn cloud_of(setup: Setup) -> Ec2Double {
    let double = Ec2Double::start(Setup { key_id: Some(KEY_ID.to_owned()), ..setup }).expect("a double");
    double.put(Ec2Instance::new("eu-west-1", &id(1)).named("web-1"));
    double.put(Ec2Instance::new("eu-west-1", &id(2)).named("web-2"));
    double.put(Ec2Instance::new("us-east-1", &id(3)).named("db-1"));
    double
}

/// An operator with the right key in the environment.
pub fn operator() -> Nepho {
    Nepho::new().with("AWS_ACCESS_KEY_ID", KEY_ID).with("AWS_SECRET_ACCESS_KEY", KEY)
}

/// Adds the cloud as the account `lab`, bound to the environment.
pub fn add(nepho: &Nepho, cloud: &Ec2Double, more: &[&str]) -> Value {
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", &endpoint];
    nepho.json(&[&add, more].concat(), 0)
}

/// An operator with the cloud as a read-write account, and all of it in the cache.
pub fn operator_of(cloud: &Ec2Double) -> Nepho {
    let nepho = operator();
    add(&nepho, cloud, &["--read-write"]);
    nepho.run(&["sync"]).exits(0);
    cloud.forget_requests();
    nepho
}

/// The number of requests for a change that the cloud received.
pub fn mutations(cloud: &Ec2Double) -> usize {
    ["StartInstances", "StopInstances", "RebootInstances", "TerminateInstances"]
        .map(|action| cloud.count(action))
        .iter()
        .sum()
}

/// The names in an array of rows, in order.
pub fn names(rows: &Value) -> Vec<&str> {
    rows.as_array().expect("an array").iter().map(|row| row["name"].as_str().expect("a name")).collect()
}
