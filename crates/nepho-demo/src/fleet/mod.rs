//! The fleet: the machines of an account at a moment. Some are permanent, others are members of scale
//! groups, which replace them.

pub(crate) mod account;
pub(crate) mod action_log;
pub(crate) mod lifecycle;
pub(crate) mod machine;
mod rng;
pub(crate) mod workloads;

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

use self::{
    account::{DemoAccount, Style},
    action_log::LoggedActions,
    lifecycle::{DAY, HOUR, Habit, LifecyclePoint, MINUTE, SECOND, end, life},
    machine::Machine,
    rng::{between, pick, roll},
    workloads::{Public, Run, SERVICES, Service},
};

/// The seed of the fleet, the same for every user.
pub(crate) const SEED: u64 = 20_250_601;

/// The time until a group replaces a lost member, in milliseconds.
const REPLACEMENT: i64 = 15 * SECOND;
/// The most replacements in one cycle; each needs an action, 45 s and a boot.
const MAX_REPLACEMENTS: usize = 64;

/// The machines of `account` at `now` (milliseconds since 1970), after the actions in `log`.
pub(crate) fn machines(account: &'static DemoAccount, log: &LoggedActions, now: i64) -> Vec<(Machine, LifecyclePoint)> {
    let mut found = Vec::new();
    for service in SERVICES.iter().filter(|service| service.account == account.name) {
        for index in 0..service.count {
            if let Run::Group { name, minutes } = service.run {
                members(account, service, index, name, minutes, log, now, &mut found);
                continue;
            }
            let machine = permanent(account, service, index);
            let logged = log.get(&machine.native).copied();
            if let Some(life) = life(&machine.native, machine.habit, logged, now) {
                found.push((machine, life));
            }
        }
    }
    found
}

/// The ids of the permanent machines.
pub(crate) fn permanent_ids(account: &'static DemoAccount) -> BTreeSet<String> {
    let services = SERVICES.iter().filter(|service| service.account == account.name);
    let permanent_services = services.filter(|service| !matches!(service.run, Run::Group { .. }));
    permanent_services
        .flat_map(|service| (0..service.count).map(|index| permanent(account, service, index).native))
        .collect()
}

fn permanent(account: &'static DemoAccount, service: &'static Service, index: usize) -> Machine {
    let number = index.to_string();
    let parts = ["machine", service.account, service.region, service.name, &number];
    let first = between(0, 90 * DAY, SEED, &[&parts[..], &["first"]].concat());
    let every = between(5, 60, SEED, &[&parts[..], &["every"]].concat()) * DAY;
    let habit = match service.run {
        Run::OfficeHours => {
            let early = between(0, 90, SEED, &[&parts[..], &["early"]].concat()) * MINUTE;
            let late = between(0, 180, SEED, &[&parts[..], &["late"]].concat()) * MINUTE;
            Habit::Daily { from: 6 * HOUR + early, to: 17 * HOUR + late }
        }
        Run::Off => Habit::Off { first, every },
        Run::Suspended => Habit::Suspended { first, every },
        Run::Always | Run::Group { .. } => Habit::Always { first, every },
    };
    let name = match (service.name, service.count) {
        ("", _) | (_, 1) => service.name.to_owned(),
        (name, _) => format!("{name}-{:02}", index + 1),
    };
    // Some months before the release of the demo.
    let created = 1_748_736_000 * SECOND - between(30 * DAY, 600 * DAY, SEED, &[&parts[..], &["created"]].concat());
    make(account, service, &parts, name, habit, created)
}

/// The members in one slot of a group that are listed at `now`: the present one, the previous one
/// while it is still listed, and replacements of members that an operator terminated.
#[expect(clippy::too_many_arguments, reason = "one call; a struct would only repeat the names")]
fn members(
    account: &'static DemoAccount,
    service: &'static Service,
    index: usize,
    group: &'static str,
    minutes: (i64, i64),
    log: &LoggedActions,
    now: i64,
    found: &mut Vec<(Machine, LifecyclePoint)>,
) {
    let slot = index.to_string();
    let of_slot = ["slot", service.account, service.region, group, &slot];
    let cycle = between(minutes.0 * MINUTE, minutes.1 * MINUTE, SEED, &[&of_slot[..], &["cycle"]].concat());
    let phase = between(0, cycle, SEED, &[&of_slot[..], &["phase"]].concat());
    let present = (now - phase).div_euclid(cycle);
    for generation in [present - 1, present] {
        let mut born = generation * cycle + phase;
        let ends = born + cycle;
        for replacement in 0..MAX_REPLACEMENTS {
            if born >= ends || born > now {
                break;
            }
            let (generation, replacement) = (generation.to_string(), replacement.to_string());
            let parts = [&of_slot[..], &[&generation, &replacement]].concat();
            let name = match account.style {
                Style::Aws => service.name.to_owned(),
                Style::Gcp => format!("{}-{}", service.name, suffix(roll(SEED, &[&parts[..], &["name"]].concat()))),
            };
            let machine = make(account, service, &parts, name, Habit::Member { born, ends }, born);
            let logged = log.get(&machine.native).copied();
            let ended = end(machine.habit, logged).unwrap_or(ends);
            if let Some(life) = life(&machine.native, machine.habit, logged, now) {
                found.push((machine, life));
            }
            if ended >= ends {
                break;
            }
            born = ended + REPLACEMENT;
        }
    }
}

fn make(
    account: &'static DemoAccount,
    service: &'static Service,
    parts: &[&str],
    name: String,
    habit: Habit,
    created: i64,
) -> Machine {
    let of = |what: &str| roll(SEED, &[parts, &[what]].concat());
    let zone = pick(&["a", "b", "c"], SEED, &[parts, &["zone"]].concat());
    let region_number = roll(SEED, &[service.region]);
    let account_number = roll(SEED, &[account.name]);
    let aws = account.style == Style::Aws;
    let in_account =
        |prefix: &str, what: &str| format!("{prefix}-0{:016x}", roll(SEED, &[what, account.name, service.region]));
    Machine {
        account,
        native: if aws {
            format!("i-0{:016x}", of("id"))
        } else {
            // Compute Engine's ids are unsigned 64-bit numbers, usually of 19 digits.
            (1_000_000_000_000_000_000 + of("id") % 8_000_000_000_000_000_000).to_string()
        },
        name,
        region: service.region,
        zone: if aws { format!("{}{zone}", service.region) } else { format!("{}-{zone}", service.region) },
        size: service.size,
        team: service.team,
        service: service.name,
        habit,
        lifecycle: service.lifecycle,
        group: match service.run {
            Run::Group { name, .. } => Some(name),
            _ => None,
        },
        private_ip: IpAddr::V4(Ipv4Addr::new(
            10,
            octet(account_number ^ region_number),
            octet(of("c")),
            octet(of("d")),
        )),
        // 203.0.113.0/24 and 198.51.100.0/24 are reserved for documentation (RFC 5737).
        public_ip: match service.public {
            Public::No => None,
            Public::Ephemeral => Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, octet(of("public"))))),
            Public::Kept => Some(IpAddr::V4(Ipv4Addr::new(198, 51, 100, octet(of("public"))))),
        },
        public: service.public,
        protected: service.protected,
        disks: service.disks,
        image: if aws { in_account("ami", "image") } else { "debian-12-bookworm-v20250513".to_owned() },
        network: if aws { in_account("vpc", "vpc") } else { "global/networks/default".to_owned() },
        subnet: if aws {
            in_account("subnet", zone)
        } else {
            format!("regions/{}/subnetworks/default", service.region)
        },
        firewall: if aws { in_account("sg", service.name) } else { format!("{}-ingress", service.name) },
        disk: if aws {
            format!("vol-0{:016x}", of("disk"))
        } else {
            format!("zones/{}-{zone}/disks/{:x}", service.region, of("disk"))
        },
        created,
    }
}

/// A number from 1 to 254, for an IPv4 address.
fn octet(number: u64) -> u8 {
    u8::try_from(number % 254 + 1).unwrap_or(1)
}

/// Four letters and digits, as managed instance groups append them to names.
fn suffix(mut number: u64) -> String {
    const LETTERS: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p',
        'q', 'r', 's', 't', 'v', 'w', 'x', 'z', 'y', 'u',
    ];
    let mut text = String::with_capacity(4);
    for _ in 0..4 {
        text.push(LETTERS[usize::try_from(number % 32).unwrap_or(0)]);
        number /= 32;
    }
    text
}

#[cfg(test)]
mod tests;
