//! A generated fleet of any size.

use serde_json::{Value, json};

use super::PROJECT;
use crate::{
    ec2::fleet::shares,
    gcp::{GcpInstance, links::link},
};

/// Thirty zones of ten regions, the largest first.
pub const ZONES: [&str; 30] = [
    "us-central1-a",
    "us-central1-b",
    "us-central1-c",
    "europe-west1-b",
    "europe-west1-c",
    "europe-west1-d",
    "us-east1-b",
    "us-east1-c",
    "us-east1-d",
    "europe-west4-a",
    "europe-west4-b",
    "europe-west4-c",
    "us-west1-a",
    "us-west1-b",
    "us-west1-c",
    "asia-northeast1-a",
    "asia-northeast1-b",
    "asia-northeast1-c",
    "asia-southeast1-a",
    "asia-southeast1-b",
    "asia-southeast1-c",
    "asia-east1-a",
    "asia-east1-b",
    "asia-east1-c",
    "australia-southeast1-a",
    "australia-southeast1-b",
    "australia-southeast1-c",
    "southamerica-east1-a",
    "southamerica-east1-b",
    "southamerica-east1-c",
];

/// Returns the documents of `count` instances over the first `zones` of [`ZONES`], by zone; zone n
/// has 1/n of the first zone's share.
pub(crate) fn fleet(count: usize, zones: usize) -> Vec<(&'static str, Vec<Value>)> {
    let zones = &ZONES[..zones.clamp(1, ZONES.len())];
    let shares = shares(count, zones.len());
    let mut number = 0;
    let place = |(zone, share): (&&'static str, usize)| {
        let rows = (number..number + share).map(|number| one(zone, number)).collect();
        number += share;
        (*zone, rows)
    };
    zones.iter().zip(shares).map(place).collect()
}

fn one(zone: &str, number: usize) -> Value {
    const ROLES: [&str; 10] = ["web", "api", "worker", "db", "cache", "etl", "kafka", "bastion", "ci", "ml"];
    const SIZES: [&str; 8] = [
        "e2-micro",
        "e2-medium",
        "n2-standard-4",
        "n2d-highmem-8",
        "c3-standard-8",
        "t2d-standard-2",
        "n1-standard-1",
        "c4-standard-16",
    ];
    const ENVS: [&str; 4] = ["prod", "staging", "dev", "qa"];
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let at = |choices: usize, shift: u32| usize::try_from((mixed >> shift) % choices as u64).unwrap_or(0);
    let (role, env) = (ROLES[at(10, 3)], ENVS[at(4, 11)]);
    let name = format!("{role}-{env}-{number:05}");
    let time = |minute: usize| {
        let (month, day, hour) = (1 + at(12, 5), 1 + at(28, 7), at(24, 13));
        format!("2025-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}-07:00", at(60, 19), at(1000, 21))
    };
    let instance = GcpInstance::new(PROJECT, zone, &name)
        .machine_type(SIZES[at(8, 29)])
        .label("env", env)
        .label("role", role)
        .label("team", ["payments", "search", "identity", "data", "platform", "growth"][at(6, 17)])
        .label("cost-center", &format!("cc-{}", 1000 + at(100, 23)))
        .set("creationTimestamp", time(at(50, 31)))
        .set("lastStartTimestamp", time(at(50, 31) + 1))
        .set("tags", json!({"items": ["http-server", "ssh-internal", role], "fingerprint": digest(mixed)}))
        .set("labelFingerprint", digest(mixed.rotate_left(17)))
        .set("fingerprint", digest(mixed.rotate_left(34)))
        .set("metadata", metadata(role, env, &digest(mixed.rotate_left(51))))
        .public_ip(&format!("34.{}.{}.{}", at(250, 9), at(250, 18), 1 + at(250, 27)));
    let mut instance = match number % 20 {
        0..=2 => instance.status("TERMINATED"),
        3 => instance.spot(),
        4 => instance.private(),
        _ => instance,
    };
    // Every second instance has a data disk.
    if number.is_multiple_of(2)
        && let Some(disks) = instance.document["disks"].as_array_mut()
    {
        disks.push(data_disk(zone, &name));
    }
    instance.document
}

fn metadata(role: &str, env: &str, fingerprint: &str) -> Value {
    let script = format!(
        "#! /bin/bash\nset -euo pipefail\nexport ROLE={role} ENV={env}\napt-get update\napt-get install -y google-cloud-ops-agent\nsystemctl enable --now {role}.service\n"
    );
    json!({
        "kind": "compute#metadata",
        "fingerprint": fingerprint,
        "items": [
            {"key": "enable-oslogin", "value": "TRUE"},
            {"key": "block-project-ssh-keys", "value": "true"},
            {"key": "startup-script", "value": script}
        ]
    })
}

fn data_disk(zone: &str, name: &str) -> Value {
    json!({
        "kind": "compute#attachedDisk",
        "type": "PERSISTENT",
        "mode": "READ_WRITE",
        "source": link(PROJECT, &format!("zones/{zone}/disks/{name}-data")),
        "deviceName": "data",
        "index": 1,
        "boot": false,
        "autoDelete": false,
        "interface": "SCSI",
        "diskSizeGb": "200",
        "architecture": "X86_64"
    })
}

/// Returns eight bytes in base64, as Google writes fingerprints.
fn digest(number: u64) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Ten full sextets and one of the remaining four bits.
    let sextet =
        |at: u32| usize::try_from(if at < 10 { number >> (58 - 6 * at) } else { number << 2 } & 63).unwrap_or(0);
    (0..11).map(|at| char::from(ALPHABET[sextet(at)])).chain(['=']).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn fleet_has_its_size_unique_ids_and_real_weight() {
        let all = fleet(10_000, 30);
        assert_eq!(all.len(), 30);
        let rows: Vec<&Value> = all.iter().flat_map(|(_, rows)| rows).collect();
        assert_eq!(rows.len(), 10_000);
        for member in ["id", "name"] {
            let unique: BTreeSet<&str> = rows.iter().filter_map(|row| row[member].as_str()).collect();
            assert_eq!(unique.len(), 10_000, "{member}");
        }
        assert!((2_450..2_550).contains(&all[0].1.len()), "{}: zipf", all[0].1.len());
        assert!(
            all.iter().all(|(zone, rows)| rows
                .iter()
                .all(|row| row["zone"].as_str().is_some_and(|link| link.ends_with(zone))))
        );
        let weight = rows.iter().map(|row| format!("{row:#}").len()).sum::<usize>() / rows.len();
        assert!((3_000..4_200).contains(&weight), "{weight} bytes as it is served");
    }

    #[test]
    fn a_fingerprint_is_base64() {
        assert_eq!(digest(0), "AAAAAAAAAAA=");
        assert_eq!(digest(u64::MAX), "//////////8=");
        assert_eq!(digest(1), "AAAAAAAAAAE=");
    }
}
