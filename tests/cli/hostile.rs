//! Hostile names: visible in text, byte for byte in JSON, and no way to deceive a plan.

use nepho_testkit::ec2::{Ec2Instance, Fault, id};

use super::{
    cloud::{cloud, mutations, operator_of},
    harness::Ran,
};

/// HTML, quotes, bidi marks, terminal controls, line breaks.
const HOSTILE: &str = "<img src=x onerror=alert(1)> \u{202E}drowssap\u{2066} \u{200B}\u{AD} \"'`$(rm)";

/// Characters that XML 1.0 cannot carry raw: a tab, a line break, C1 controls.
const CONTROLS: &str = "a\tb\nc\u{85}\u{9B}31m red";

/// Checks that the output contains no character that hides, reorders or breaks text.
fn assert_visible(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        let hidden = text.chars().find(|c| *c != '\n' && nepho_core::text::is_deceptive(*c));
        assert_eq!(hidden, None, "{ran:#?}");
    }
    assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty());
}

#[test]
fn a_hostile_name_is_visible_in_text_and_exact_in_json() {
    let cloud = cloud();
    cloud.put(Ec2Instance::new("us-west-2", &id(7)).named(HOSTILE).tag("note", CONTROLS));
    let nepho = operator_of(&cloud);
    let shown = nepho.json(&["show", &id(7)], 0);
    assert_eq!(shown["name"], HOSTILE);
    assert_eq!(shown["tags"]["note"], CONTROLS);
    assert_eq!(nepho.json(&["list", "region:us-west-2"], 0)[0]["name"], HOSTILE);
    assert_eq!(nepho.json(&["show", HOSTILE], 0)["id"], id(7).as_str(), "an exact name is a target");
    for command in [
        &["list"][..],
        &["show", HOSTILE],
        &["stop", HOSTILE, "--plan"],
        &["terminate", HOSTILE, "--yes"],
        &["sync"],
        &["accounts", "list"],
    ] {
        assert_visible(&nepho.run(command));
    }
    let list = nepho.run(&["list"]).exits(0);
    assert!(list.stdout.contains("\\u{202e}drowssap"), "{list:#?}");
    assert_eq!(list.stdout.lines().count(), 5, "one line each, whatever the names: {list:#?}");
}

#[test]
fn a_hostile_reason_is_visible_too() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let message = format!("no {HOSTILE} {CONTROLS}");
    let error = || Fault::Error { status: 400, code: "OperationNotPermitted".to_owned(), message: message.clone() };
    cloud.break_action("StopInstances", error());
    assert_visible(&nepho.run(&["stop", "web-1", "--yes", "--wait"]).exits(1));
    cloud.heal();
    cloud.break_region("eu-west-1", error());
    for command in [
        &["sync"][..],
        &["list", "--sync"],
        &["show", "web-1"],
        &["accounts", "list"],
        &["accounts", "verify", "lab"],
        &["doctor"],
        &["journal"],
        &["stop", "web-1", "--plan"],
    ] {
        assert_visible(&nepho.run(command));
    }
}

#[test]
fn confirmation_text_can_always_be_typed() {
    let cloud = cloud();
    cloud.put(Ec2Instance::new("us-west-2", &id(7)).named(HOSTILE));
    cloud.put(Ec2Instance::new("us-west-2", &id(8)).named("web-1"));
    cloud.put(Ec2Instance::new("us-west-2", &id(9)));
    let nepho = operator_of(&cloud);
    // Hostile, shared, empty: the operator must type the id.
    for (target, asked) in [(id(7), id(7)), (id(8), id(8)), (id(9), id(9))] {
        nepho.run(&["terminate", &target, "--yes"]).exits(2).says(&format!("--confirm \"{asked}\""));
    }
    nepho.run(&["terminate", &id(8), "--confirm", "web-1"]).exits(4);
    assert_eq!(mutations(&cloud), 0);
    nepho.run(&["terminate", &id(7), "--confirm", HOSTILE]).exits(0);
    nepho.run(&["terminate", &id(8), "--confirm", &id(8)]).exits(0);
    assert_eq!(mutations(&cloud), 2);
}

#[test]
fn an_ambiguous_target_is_refused_with_its_candidates() {
    let cloud = cloud();
    cloud.put(Ec2Instance::new("us-west-2", &id(8)).named("web-1"));
    let nepho = operator_of(&cloud);
    for command in [&["show", "web-1"][..], &["stop", "web-1", "--yes"], &["stop", "web-2", "web-1", "--yes"]] {
        let refused = nepho.run(command).exits(2).says("ambiguous");
        let error = nepho.json(command, 2)["error"].take();
        assert_eq!(error["code"], "ambiguous");
        let candidates: Vec<&str> =
            error["candidates"].as_array().expect("keys").iter().filter_map(serde_json::Value::as_str).collect();
        assert_eq!(candidates.len(), 2, "{error}");
        for key in candidates {
            assert!(refused.stderr.lines().any(|line| line.trim() == key), "{refused:#?}");
            assert_eq!(nepho.json(&["show", key], 0)["key"], key, "a candidate is a target");
        }
    }
    assert_eq!(mutations(&cloud), 0);
    nepho.run(&["stop", &id(8), &id(8), "--yes"]).exits(0);
    assert_eq!(cloud.seen().iter().filter(|seen| seen.action == "StopInstances").count(), 1, "each target once");
}
