//! A healthy account beside accounts whose regions do not answer: the time of its sync, and the time
//! from a click to its request.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use nepho_app::App;
use nepho_core::{Action, ResourceKey, request::Targets};
use nepho_index::{Query, Sort};
use nepho_testkit::ec2::{Ec2Double, Fault, FaultRule};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

use crate::{
    Numbers,
    lab::{self, Lab},
    millis,
};

/// Syncs of each kind in one round.
const SYNCS: usize = 3;

/// Durations of one kind, undisturbed and beside the hung accounts.
#[derive(Default)]
struct Pair {
    alone: Vec<Duration>,
    beside: Vec<Duration>,
}

pub fn measure(numbers: &Numbers) -> Result<Value> {
    let (hung, regions) = (numbers.get("--hung", 8), numbers.get("--regions", 17));
    let clouds = lab::clouds(hung + 1, regions, numbers.get("--instances", 1000))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(rounds(clouds, numbers, regions))
}

async fn rounds(clouds: Vec<Ec2Double>, numbers: &Numbers, regions: usize) -> Result<Value> {
    let (clicks, rounds) = (numbers.get("--clicks", 200), numbers.get("--rounds", 4));
    let lab = Arc::new(Lab::open(clouds).await?);
    lab.sync(&[], true).await?;
    let rtt = Duration::from_millis(numbers.get("--rtt-ms", 20) as u64);
    lab.members[0].cloud.adjust(|setup| (setup.latency, setup.handshake_rtts) = (rtt, 2));
    for member in &lab.members[1..] {
        member.cloud.add_rule(FaultRule { region: None, action: None, times: None, fault: Fault::Hung });
    }
    let keys = running(&lab.app, &lab.members[0].cloud, regions)?;
    let mut keys = keys.iter().cycle();
    let (mut syncs, mut clicked) = (Pair::default(), Pair::default());
    one_round(&lab, &mut keys, 5, &mut Vec::new(), &mut Vec::new()).await?; // warms up
    for _ in 0..rounds {
        let each = clicks.div_ceil(rounds);
        one_round(&lab, &mut keys, each, &mut syncs.alone, &mut clicked.alone).await?;
        let mut hanging = hang(&lab, regions).await?;
        one_round(&lab, &mut keys, each, &mut syncs.beside, &mut clicked.beside).await?;
        hanging.shutdown().await;
    }
    lab.app.shutdown().await;
    Ok(json!({
        "hung_accounts": lab.members.len() - 1,
        "hung_regions": regions,
        "syncs": syncs.alone.len(),
        "clicks": clicked.alone.len(),
        "sync_alone_ms": millis(quantile(&mut syncs.alone, 50)),
        "sync_beside_ms": millis(quantile(&mut syncs.beside, 50)),
        "click_alone_p50_ms": millis(quantile(&mut clicked.alone, 50)),
        "click_beside_p50_ms": millis(quantile(&mut clicked.beside, 50)),
        "click_alone_p99_ms": millis(quantile(&mut clicked.alone, 99)),
        "click_beside_p99_ms": millis(quantile(&mut clicked.beside, 99)),
    }))
}

/// Syncs and clicks in the healthy account.
async fn one_round<'k>(
    lab: &Lab,
    keys: &mut impl Iterator<Item = &'k ResourceKey>,
    clicks: usize,
    syncs: &mut Vec<Duration>,
    clicked: &mut Vec<Duration>,
) -> Result<()> {
    let healthy = &lab.members[0];
    for _ in 0..SYNCS {
        syncs.push(lab.sync(std::slice::from_ref(&healthy.id), true).await?);
    }
    for key in keys.take(clicks) {
        clicked.push(click(&lab.app, &healthy.cloud, key).await?);
    }
    Ok(())
}

/// Plans and commits a reboot. Returns the time until the request has arrived at the cloud.
async fn click(app: &App, cloud: &Ec2Double, key: &ResourceKey) -> Result<Duration> {
    let begun = Instant::now();
    let plan = app.plan(Action::Reboot, Targets::Keys(vec![key.clone()])).await?;
    let operation = app.commit(&plan.nonce, None, true).await.context("cannot commit the plan")?;
    app.submitted(&operation).await;
    let arrived = cloud.latest("RebootInstances").filter(|arrived| *arrived > begun);
    Ok(arrived.context("the request did not arrive")? - begun)
}

/// Syncs the hung accounts again and again. Returns once each of their regions has a request without
/// answer.
async fn hang(lab: &Arc<Lab>, regions: usize) -> Result<JoinSet<()>> {
    let hung = &lab.members[1..];
    for member in hung {
        member.cloud.forget_requests();
    }
    let (app, ids) = (lab.app.clone(), hung.iter().map(|member| member.id.clone()).collect::<Vec<_>>());
    let mut hanging = JoinSet::new();
    hanging.spawn(async move {
        loop {
            app.sync(&ids, &[]).await;
        }
    });
    // 100 permits were too few once: then not every region has a request within this time.
    for _ in 0..200 {
        if hung.iter().all(|member| member.cloud.count("DescribeInstances") >= regions) {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    if hanging.try_join_next().is_some() {
        bail!("the sync of the hung accounts ended");
    }
    Ok(hanging)
}

/// Returns running instances of the first account, one region after the other, so that no region's
/// bucket of requests runs empty.
fn running(app: &App, cloud: &Ec2Double, regions: usize) -> Result<Vec<ResourceKey>> {
    let query = Query::parse("state:running account:account-0")?;
    let keys = app.snapshot().search(&query, Sort::default(), app.now()).keys();
    let mut by_region: std::collections::BTreeMap<_, Vec<ResourceKey>> = std::collections::BTreeMap::new();
    for key in keys {
        by_region.entry(key.region.clone()).or_default().push(key);
    }
    if by_region.len() != regions || cloud.count("DescribeInstances") == 0 {
        bail!("{} of {regions} regions have running instances", by_region.len());
    }
    let least = by_region.values().map(Vec::len).min().unwrap_or_default();
    Ok((0..least).flat_map(|at| by_region.values().map(move |keys| keys[at].clone())).collect())
}

fn quantile(durations: &mut [Duration], percent: usize) -> Duration {
    durations.sort_unstable();
    let at = (durations.len() * percent).div_ceil(100).max(1) - 1;
    durations.get(at).copied().unwrap_or_default()
}
