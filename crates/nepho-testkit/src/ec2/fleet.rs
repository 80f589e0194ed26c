//! A generated fleet of any size, for the benchmark.

use std::net::Ipv4Addr;

use nepho_core::State;

use super::machine::{Ec2Instance, Spot, id};

/// Seventeen regions, the largest first.
pub const REGIONS: [&str; 17] = [
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "ap-southeast-1",
    "ap-northeast-1",
    "us-east-2",
    "ap-southeast-2",
    "ap-south-1",
    "eu-west-2",
    "sa-east-1",
    "ca-central-1",
    "us-west-1",
    "eu-west-3",
    "ap-northeast-2",
    "eu-north-1",
    "ap-northeast-3",
];

/// Returns `count` instances over the first `regions` of [`REGIONS`]; region n has 1/n of the first
/// region's share.
pub fn fleet(count: usize, regions: usize) -> Vec<Ec2Instance> {
    let regions = &REGIONS[..regions.clamp(1, REGIONS.len())];
    let shares = shares(count, regions.len());
    let mut all = Vec::with_capacity(count);
    for (region, share) in regions.iter().zip(shares) {
        let before = all.len();
        all.extend((0..share).map(|index| one(region, before + index, index)));
    }
    all
}

/// Splits `count` over the places: place n has 1/n of the first place's share.
pub(crate) fn shares(count: usize, regions: usize) -> Vec<usize> {
    // In integers: one large numerator makes the weights exact enough.
    let weights: Vec<usize> = (1..=regions).map(|n| 1_000_000 / n).collect();
    let total: usize = weights.iter().sum();
    let mut shares: Vec<usize> = weights.iter().map(|weight| count * weight / total).collect();
    shares[0] += count - shares.iter().sum::<usize>();
    shares
}

fn one(region: &str, number: usize, index: usize) -> Ec2Instance {
    const ROLES: [&str; 10] = ["web", "api", "worker", "db", "cache", "etl", "kafka", "bastion", "ci", "ml"];
    const SIZES: [&str; 8] =
        ["t3.micro", "t3.medium", "m5.large", "m6i.xlarge", "c6g.2xlarge", "r5.4xlarge", "m7g.large", "g5.xlarge"];
    const ENVS: [&str; 4] = ["prod", "staging", "dev", "qa"];
    let mixed = u64::try_from(number).unwrap_or(0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8;
    let at = |choices: usize, shift: u32| usize::try_from((mixed >> shift) % choices as u64).unwrap_or(0);
    let (role, env) = (ROLES[at(ROLES.len(), 3)], ENVS[at(ENVS.len(), 11)]);
    let octet = |shift: u32| u8::try_from((mixed >> shift) & 0xff).unwrap_or(0);
    let instance = Ec2Instance::new(region, &id(mixed))
        .named(&format!("{role}-{env}-{index:05}"))
        .tag("env", env)
        .tag("team", ["payments", "search", "identity", "data", "platform", "growth"][at(6, 17)])
        .tag("cost-center", &format!("cc-{}", 1000 + at(100, 23)))
        .group(&format!("asg-{role}-{env}"))
        .size(SIZES[at(SIZES.len(), 29)])
        .zone(['a', 'b', 'c'][at(3, 31)])
        .launched(&format!(
            "2025-{:02}-{:02}T{:02}:{:02}:00.000Z",
            1 + at(12, 5),
            1 + at(28, 7),
            at(24, 13),
            at(60, 19)
        ))
        .amazon_ip(Ipv4Addr::new(54, octet(8), octet(16), octet(24)));
    match number % 20 {
        0..=2 => instance.state(State::Stopped),
        3 => instance.spot(Spot::Persistent),
        _ => instance,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_fleet_has_the_size_asked_and_unique_ids() {
        let all = fleet(10_000, 17);
        assert_eq!(all.len(), 10_000);
        assert_eq!(all.iter().map(|one| one.id.as_str()).collect::<BTreeSet<_>>().len(), 10_000);
        let biggest = all.iter().filter(|one| one.region == REGIONS[0]).count();
        assert!((2_800..3_000).contains(&biggest), "{biggest}: zipf");
        assert!(all.iter().any(|one| one.region == REGIONS[16]));
    }
}
