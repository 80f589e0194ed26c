//! That the benchmark measures what it says: it runs over a tiny load, with the programs of this
//! build, and refuses a load that is short. Deliberately not here: any figure of time.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::e2e::process::programs;

const LOAD: [(&str, u64); 6] = [
    ("--instances", 200),
    ("--regions", 3),
    ("--rtt-ms", 2),
    ("--per-instance-us", 10),
    ("--handshake-rtts", 2),
    ("--runs", 1),
];

fn bench(binaries: &Path) -> Output {
    let mut command = Command::new(programs().join("xtask"));
    command.args(["bench", "sync", "--binaries"]).arg(binaries).stdin(Stdio::null());
    for (name, value) in LOAD {
        command.arg(name).arg(value.to_string());
    }
    command.output().expect("the task starts")
}

#[test]
fn it_counts_what_was_served_and_stored() {
    let output = bench(&programs());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["load"]["instances"], 200);
    // The biggest of three regions has 110 of 200 instances on one page: three round trips and their service.
    let limit = document["limit_ms"].as_f64().expect("a limit");
    assert!((limit - 7.1).abs() < 0.1, "{limit}");
    for (client, written) in [("floor", 200), ("first", 200), ("again", 0)] {
        let runs = document["clients"][client]["runs"].as_array().expect("runs");
        assert_eq!(runs.len(), 1, "{client}");
        let run = &runs[0];
        let counts = ["rows_stored", "regions_stored", "regions_served", "rows_written"];
        assert_eq!(counts.map(|name| run[name].as_u64()), [200, 3, 3, written].map(Some), "{client}: {run}");
        assert!(run["rows_served"].as_u64() >= Some(200), "{client}: {run}");
        assert!(run["requests"].as_u64() >= Some(4), "{client}: {run}");
        assert!(run["bytes"].as_u64() > Some(10_000), "{client}: {run}");
        for figure in ["wall_ms", "cpu_ms", "rss_mb"] {
            assert!(run[figure].as_f64() > Some(0.0), "{client}: {run}");
        }
        assert!(document["ratios"][client]["wall_over_limit"].as_f64() >= Some(1.0), "{client}: faster than the limit");
        assert!(errors.contains(client), "{errors}");
    }
    let bytes = |client: &str| document["clients"][client]["median"]["bytes"].as_f64().expect("bytes");
    assert!(bytes("first") * 4.0 < bytes("floor"), "pages are asked for compressed");
}

#[test]
fn a_short_load_is_a_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["nepho", "bench_floor"] {
        symlink(programs().join(name), folder.path().join(name)).expect("a link");
    }
    // A server that has less than it was asked for: the last word of an option counts.
    let double = folder.path().join("ec2_double");
    for (less, words) in [("--instances 199", "199 of 200 rows"), ("--regions 2", "2 of 3 regions")] {
        let script = format!("#!/bin/sh\nexec '{}' \"$@\" {less}\n", programs().join("ec2_double").display());
        fs::write(&double, script).expect("written");
        fs::set_permissions(&double, fs::Permissions::from_mode(0o755)).expect("executable");
        let output = bench(folder.path());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{less}: {errors}");
        assert!(errors.contains("short load") && errors.contains(words), "{less}: {errors}");
    }
}
