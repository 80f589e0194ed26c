//! The counterparts check each other: AWS's own client judges moto and the double.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::{collections::BTreeSet, net::TcpStream, time::Duration};

use nepho_core::State;
use nepho_testkit::{
    ec2::{Ec2Double, Ec2Instance, Fault, Setup, fleet, id},
    moto::{Moto, StopMode},
    python::{Judge, judge, python_environment},
};
use serde_json::Value;

const REGION: &str = "eu-west-1";

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn seeded(moto: &Moto) -> String {
    let made = moto.judge("seed", &["--region", REGION, "--count", "1", "--tag", "env=lab"]).expect("seeded");
    text(&made[0]["id"])
}

fn state(moto: &Moto, id: &str) -> String {
    let states = moto.judge("states", &["--region", REGION]).expect("states");
    text(&states[REGION][id]["state"])
}

#[test]
fn motos_transitions_take_time_and_end() {
    let mut moto = Moto::start(Duration::from_hours(1)).expect("moto");
    let id = seeded(&moto);
    assert_eq!(state(&moto, &id), "pending", "a launch takes time as well");
    moto.set_lag(Duration::ZERO).expect("set");
    assert_eq!(state(&moto, &id), "running");
    for (action, through, goal) in
        [("stop", "stopping", "stopped"), ("start", "pending", "running"), ("terminate", "shutting-down", "terminated")]
    {
        moto.set_lag(Duration::from_hours(1)).expect("set");
        let reply = moto.judge(action, &["--region", REGION, "--id", &id]).expect("accepted");
        assert_eq!(reply[0]["state"], through);
        assert_eq!(state(&moto, &id), through);
        moto.set_lag(Duration::ZERO).expect("set");
        assert_eq!(state(&moto, &id), goal);
    }
    assert!(moto.judge("start", &["--region", REGION, "--id", &id]).is_err(), "no resurrection");
}

#[test]
fn motos_stop_can_fail_and_revert() {
    let mut moto = Moto::start(Duration::ZERO).expect("moto");
    let id = seeded(&moto);
    moto.set_stop(StopMode::Fails).expect("set");
    let refused = moto.judge("stop", &["--region", REGION, "--id", &id]).expect_err("refused").to_string();
    assert!(refused.contains("OperationNotPermitted"), "{refused}");
    assert_eq!(state(&moto, &id), "running");
    moto.set_stop(StopMode::Reverts).expect("set");
    moto.set_lag(Duration::from_hours(1)).expect("set");
    assert_eq!(moto.judge("stop", &["--region", REGION, "--id", &id]).expect("accepted")[0]["state"], "stopping");
    moto.set_lag(Duration::ZERO).expect("set");
    assert_eq!(state(&moto, &id), "running");
}

#[test]
fn motos_front_port_closes_and_opens_and_its_state_stays() {
    let mut moto = Moto::start(Duration::ZERO).expect("moto");
    let id = seeded(&moto);
    let front = moto.endpoint().trim_start_matches("http://").to_owned();
    TcpStream::connect(&front).expect("open at first");
    moto.close().expect("closed");
    assert!(TcpStream::connect(&front).is_err(), "the front port is closed");
    moto.judge("stop", &["--region", REGION, "--id", &id]).expect("through the back door");
    moto.open().expect("opened");
    TcpStream::connect(&front).expect("the same port again");
    let states = judge(&["states", "--endpoint", &moto.endpoint(), "--region", REGION]).expect("states");
    assert_eq!(states[REGION][&id]["state"], "stopped");
}

#[test]
fn moto_settles_and_resets_on_request() {
    let mut moto = Moto::start(Duration::from_hours(1)).expect("moto");
    let mut judge = Judge::start().expect("the judge");
    let door = moto.back_door();
    let mut ask =
        |command: &str, rest: &[&str]| judge.ask(&[&[command, "--endpoint", &door, "--region", REGION], rest].concat());
    let id = text(&ask("seed", &["--count", "1"]).expect("seeded")[0]["id"]);
    moto.settle().expect("settled");
    assert_eq!(ask("states", &[]).expect("states")[REGION][&id]["state"], "running");
    assert_eq!(ask("stop", &["--id", &id]).expect("accepted")[0]["state"], "stopping");
    assert_eq!(ask("states", &[]).expect("states")[REGION][&id]["state"], "stopping", "the lag is as it was");
    let refused = ask("stop", &["--id", "i-0000000000000dead"]).expect_err("refused").to_string();
    assert!(refused.contains("InvalidInstanceID.NotFound"), "{refused}");
    assert_eq!(text(&ask("account", &[]).expect("one command's error ends no other")["account"]).len(), 12);
    moto.reset().expect("reset");
    assert_eq!(ask("states", &[]).expect("states")[REGION].as_object().map(serde_json::Map::len), Some(0));
}

#[test]
fn motos_front_counts_what_asks_for_a_change() {
    let mut moto = Moto::start(Duration::ZERO).expect("moto");
    let id = seeded(&moto);
    let front = moto.endpoint();
    let ask = |command: &str| judge(&[command, "--endpoint", &front, "--region", REGION, "--id", &id]);
    ask("states").expect("states");
    ask("account").expect("an account");
    assert_eq!(moto.mutations().expect("a count"), 0, "the back door and questions are not counted");
    ask("reboot").expect("accepted");
    assert_eq!(moto.mutations().expect("a count"), 1);
    moto.set_stop(StopMode::Fails).expect("set");
    ask("stop").expect_err("refused");
    assert_eq!(moto.mutations().expect("a count"), 2, "what is refused was asked for as well");
}

#[test]
fn a_dropped_moto_is_gone() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    let front = moto.endpoint().trim_start_matches("http://").to_owned();
    drop(moto);
    assert!(TcpStream::connect(front).is_err());
}

#[test]
fn awss_own_client_understands_the_double() {
    let double = Ec2Double::start(Setup { lag: Duration::ZERO, ..Setup::default() }).expect("the double");
    let hostile = "<b>&\u{202e}名前\n\t";
    for number in 1..=3 {
        double.put(Ec2Instance::new(REGION, &id(number)).named(hostile).reservation("r-shared"));
    }
    let region = ["--endpoint", &double.endpoint(), "--region", REGION];
    let ask = |command: &str, rest: &[&str]| judge(&[&[command], &region[..], rest].concat());
    let states = ask("states", &[]).expect("states");
    assert_eq!(states[REGION].as_object().map(serde_json::Map::len), Some(3));
    assert_eq!(states[REGION][id(1)]["name"].as_str(), Some(hostile));
    assert_eq!(ask("stop", &["--id", &id(1)]).expect("accepted")[0]["state"], "stopping");
    assert_eq!(double.state(REGION, &id(1)), Some(State::Stopped));
    assert_eq!(text(&ask("wait", &["--id", &id(1), "--state", "stopped"]).expect("seen")["state"]), "stopped");
    double.break_region(REGION, Fault::Denied);
    assert!(ask("states", &[]).expect_err("denied").to_string().contains("UnauthorizedOperation"));
}

#[test]
fn awss_own_client_counts_the_benchmarks_fleet() {
    let regions: Vec<String> = fleet::REGIONS[..3].iter().map(|&region| region.to_owned()).collect();
    let double = Ec2Double::start(Setup { regions: regions.clone(), ..Setup::default() }).expect("the double");
    for one in fleet::fleet(300, 3) {
        double.put(one);
    }
    double.warm();
    let endpoint = double.endpoint();
    let mut arguments = vec!["states", "--endpoint", endpoint.as_str()];
    for region in &regions {
        arguments.extend(["--region", region.as_str()]);
    }
    let states = judge(&arguments).expect("states");
    let seen: BTreeSet<&String> =
        regions.iter().filter_map(|region| states[region].as_object()).flat_map(serde_json::Map::keys).collect();
    assert_eq!(seen.len(), 300);
    assert_eq!(double.served().rows, 300);
}

#[test]
fn an_item_with_every_member_of_awss_model_can_be_served() {
    let members = judge(&["members", "--id", &id(77)]).expect("members");
    assert!(members["members"].as_array().is_some_and(|paths| paths.len() > 100), "{members}");
    let double = Ec2Double::start(Setup::default()).expect("the double");
    double.put(Ec2Instance::new(REGION, &id(77)).raw_item(members["xml"].as_str().expect("XML")));
    let states = judge(&["states", "--endpoint", &double.endpoint(), "--region", REGION]).expect("states");
    assert_eq!(states[REGION][id(77)]["state"], "running");
}

#[test]
fn the_environment_is_made_once() {
    let (first, again) = (python_environment().expect("made"), python_environment().expect("found"));
    assert_eq!(first, again);
    let marker = first.parent().and_then(|bin| bin.parent()).expect("its home").join("ready");
    let made = |path: &std::path::Path| path.metadata().and_then(|meta| meta.modified()).expect("its time");
    let before = made(&marker);
    python_environment().expect("found");
    assert_eq!(made(&marker), before);
}
