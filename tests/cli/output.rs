//! Tests of what goes to stdout and what to stderr.

use std::process::{Command, Stdio};

use nepho_testkit::ec2::Fault;

use super::{
    cloud::{cloud, operator, operator_of},
    harness::Nepho,
};
use crate::e2e::process::built;

#[test]
fn json_is_one_document_on_stdout_and_nothing_else() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    for command in [
        &["accounts", "list"][..],
        &["accounts", "verify", "lab"],
        &["accounts", "set", "lab", "--prod"],
        &["accounts", "set", "lab", "--no-prod"],
        &["sync"],
        &["list"],
        &["list", "--sync", "state:running", "--limit", "1"],
        &["list", "state:terminated"],
        &["show", "web-1"],
        &["show", "web-1", "--sync"],
        &["stop", "web-1", "--plan"],
        &["stop", "web-1", "--yes", "--wait"],
        &["start", "web-1"],
        &["reboot", "web-2", "--yes"],
        &["journal"],
        &["journal", "verify"],
        &["doctor"],
        &["demo"],
        &["demo", "--remove"],
        &["accounts", "remove", "lab"],
    ] {
        let ran = nepho.run(&[command, &["--json"]].concat()).exits(0);
        ran.json();
        assert_eq!(ran.stderr, "", "{ran:#?}");
    }
}

#[test]
fn the_flag_may_stand_before_the_command() {
    let nepho = Nepho::new();
    assert_eq!(nepho.run(&["--json", "list"]).exits(0).stdout, nepho.run(&["list", "--json"]).exits(0).stdout);
}

#[test]
fn sync_errors_go_to_stderr() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.break_region("eu-west-1", Fault::Denied);
    let list = nepho.run(&["list", "--sync", "--json"]).exits(3).says("lab eu-west-1:");
    assert_eq!(list.json().as_array().map(Vec::len), Some(3));
    let text = nepho.run(&["list", "--sync"]).exits(3).says("lab eu-west-1:");
    assert_eq!(text.stdout.matches("stale").count(), 2, "{text:#?}");
    assert_eq!(nepho.run(&["list", "--limit", "1"]).exits(0).stdout.lines().count(), 2, "a heading and a row");
}

#[test]
fn text_for_people_has_no_colour_off_a_terminal() {
    let cloud = cloud();
    let nepho = operator_of(&cloud).with("CLICOLOR_FORCE", "1").with("TERM", "xterm-256color");
    for command in [&["list"][..], &["sync"], &["doctor"], &["--help"], &["list", "--wrong"], &["sync", "-v"]] {
        let ran = nepho.run(command);
        assert!(!ran.stdout.contains('\u{1B}') && !ran.stderr.contains('\u{1B}'), "{ran:#?}");
        assert!(!ran.stdout.contains('\r'), "{ran:#?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let nepho = Nepho::new();
    nepho.run(&["demo"]).exits(0);
    for command in
        [&["list"][..], &["list", "--json"], &["accounts", "list"], &["doctor"], &["--help"], &["show", "no"]]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = nepho.nepho(command).stdout(writer).stderr(Stdio::piped()).output().expect("nepho starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!errors.contains("pipe") && !errors.contains("panicked"), "{command:?}: {errors}");
        assert_eq!(output.status.code(), Some(i32::from(command[0] == "show")), "{command:?}: {errors}");
    }
    let script = format!("set -o pipefail; {} list --json | head -n 1", built("nepho").display());
    let mut shell: Command = nepho.command("bash");
    let output = shell.args(["-c", &script]).output().expect("bash");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"[\n"[..]), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn verbose_talks_on_stderr_only_and_says_no_secret() {
    let cloud = cloud();
    let nepho = operator();
    super::cloud::add(&nepho, &cloud, &[]);
    let sync = nepho.run(&["sync", "--json", "--verbose"]).exits(0);
    sync.json();
    for text in [&sync.stderr, &sync.stdout] {
        assert!(!text.contains(super::cloud::KEY) && !text.contains(super::cloud::KEY_ID), "{sync:#?}");
    }
}
