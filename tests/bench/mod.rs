//! The benchmark's own tests: they run over a tiny load, with the programs of this build, and refuse
//! an incomplete load or a missed limit. Deliberately not here: any figure of time.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::e2e::process::programs;

const LOAD: [(&str, u64); 7] = [
    ("--instances", 200),
    ("--regions", 3),
    ("--zones", 6),
    ("--rtt-ms", 2),
    ("--per-instance-us", 10),
    ("--handshake-rtts", 2),
    ("--runs", 1),
];

fn bench(binaries: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(programs().join("xtask"));
    command.args(["bench", "sync", "--binaries"]).arg(binaries).args(arguments).stdin(Stdio::null());
    for (name, value) in LOAD {
        command.arg(name).arg(value.to_string());
    }
    command.output().expect("the task starts")
}

/// Checks that each client ran once and counts right: rows and scopes stored, scopes served, rows
/// written. The limit is that of a largest scope of this many rows.
fn counts(figures: &Value, scopes: u64, biggest: f64, clients: &[(&str, u64)], requests: u64) {
    // They are on one page: three round trips of 2 ms, and 10 µs of service for each.
    let limit = figures["limit_ms"].as_f64().expect("a limit");
    assert!((limit - 6.0 - biggest * 0.01).abs() < 0.01, "{limit}");
    assert_eq!(figures["clients"].as_object().map(serde_json::Map::len), Some(clients.len()));
    for (client, written) in clients {
        let runs = figures["clients"][client]["runs"].as_array().expect("runs");
        assert_eq!(runs.len(), 1, "{client}");
        let run = &runs[0];
        let counts = ["rows_stored", "scopes_stored", "scopes_served", "rows_written"];
        assert_eq!(counts.map(|name| run[name].as_u64()), [200, scopes, scopes, *written].map(Some), "{client}: {run}");
        assert!(run["rows_served"].as_u64() >= Some(200), "{client}: {run}");
        assert!(run["requests"].as_u64() >= Some(requests), "{client}: {run}");
        assert!(run["bytes"].as_u64() > Some(10_000), "{client}: {run}");
        for figure in ["wall_ms", "cpu_ms", "rss_mb"] {
            assert!(run[figure].as_f64() > Some(0.0), "{client}: {run}");
        }
        assert!(figures["ratios"][client]["wall_over_limit"].as_f64() >= Some(1.0), "{client}: faster than the limit");
    }
    let bytes = |client: &str| figures["clients"][client]["median"]["bytes"].as_f64().expect("bytes");
    assert!(bytes("first") * 4.0 < bytes("floor"), "pages are asked for compressed");
}

#[test]
fn bench_counts_served_and_stored_rows() {
    let output = bench(&programs(), &[]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["load"]["instances"], 200);
    let (aws, gcp) = (&document["clouds"]["aws"], &document["clouds"]["gcp"]);
    counts(aws, 3, 110.0, &[("floor", 200), ("first", 200), ("again", 0)], 4);
    let clients = [("floor", 200), ("masked", 200), ("chain", 200), ("first", 200), ("again", 0)];
    counts(gcp, 6, 84.0, &clients, 2);
    let of_gcp = |client: &str, figure: &str| gcp["clients"][client]["runs"][0][figure].as_u64().expect("a figure");
    let requests = ["floor", "chain"].map(|client| of_gcp(client, "requests"));
    assert_eq!(requests, [7, 2], "a list for each zone, or one for all, and that of the zones");
    assert!(of_gcp("masked", "bytes") * 3 < of_gcp("floor", "bytes"), "a mask leaves out most");
    for word in ["aws: limit", "gcp: limit", "floor", "masked", "chain", "first", "again"] {
        assert!(errors.contains(word), "{word}: {errors}");
    }
}

#[test]
fn a_short_load_is_a_failure() {
    for (cloud, server, scopes) in [("aws", "ec2_double", "3 regions"), ("gcp", "gce_pages", "6 zones")] {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["nepho", "bench_floor"] {
            symlink(programs().join(name), folder.path().join(name)).expect("a link");
        }
        // A server with fewer instances than requested: the last value of an option counts.
        let double = folder.path().join(server);
        let less = [
            ("--instances 199".to_owned(), "199 of 200 rows".to_owned()),
            (format!("--{} 2", &scopes[2..]), format!("2 of {scopes}")),
        ];
        for (less, words) in less {
            let script = format!("#!/bin/sh\nexec '{}' \"$@\" {less}\n", programs().join(server).display());
            fs::write(&double, script).expect("written");
            fs::set_permissions(&double, fs::Permissions::from_mode(0o755)).expect("executable");
            let output = bench(folder.path(), &["--cloud", cloud]);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && output.stdout.is_empty(), "{less}: {errors}");
            assert!(errors.contains("incomplete sync") && errors.contains(&words), "{less}: {errors}");
        }
    }
}

fn isolation(binaries: &Path, arguments: &[&str]) -> (Output, Value) {
    let mut command = Command::new(programs().join("xtask"));
    command.args(["bench", "isolation", "--binaries"]).arg(binaries).args(arguments).stdin(Stdio::null());
    let output = command.output().expect("the task starts");
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output, document)
}

#[test]
fn isolation_bench_measures_each_part() {
    let load = [
        ["--hung", "2"],
        ["--regions", "3"],
        ["--instances", "60"],
        ["--clicks", "8"],
        ["--rtt-ms", "1"],
        ["--locked", "3"],
        ["--accounts", "2,4"],
        ["--zones", "5"],
    ];
    let (output, document) = isolation(&programs().join("examples"), load.as_flattened());
    let errors = String::from_utf8_lossy(&output.stderr);
    let limits = document["limits"].as_array().unwrap_or_else(|| panic!("{errors}"));
    let words =
        ["sync beside 2", "click to request", "sync of 3 accounts, 2 locked", "failing listings", "failing sign-in"];
    assert_eq!(limits.len(), words.len());
    for (limit, word) in limits.iter().zip(words) {
        assert!(limit["what"].as_str().is_some_and(|what| what.starts_with(word)), "{limit}");
        assert!(limit["figure"].as_f64() >= Some(0.0) && errors.contains(word), "{limit}");
    }
    assert_eq!((document["clouds"]["syncs"].as_u64(), document["clouds"]["clicks"].as_u64()), (Some(12), Some(8)));
    // A tiny load is noise: its figures may miss their limits, and then the task says so.
    assert_eq!(output.status.success(), limits.iter().all(|limit| limit["kept"] == true), "{errors}");
}

#[test]
fn missed_limit_of_isolation_is_a_failure() {
    for (wait, expected) in [(3000, 0), (3500, 0), (15_300, 1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("bench_isolation");
        let clouds = r#"{"hung_accounts":8,"hung_regions":17,"syncs":1,"clicks":1,"sync_alone_ms":10,"sync_beside_ms":11,
            "click_alone_p50_ms":1,"click_beside_p50_ms":1,"click_alone_p99_ms":2,"click_beside_p99_ms":2}"#;
        let locks = format!(r#"{{"accounts":6,"locked":5,"one_wait_ms":3000,"sync_ms":{wait}}}"#);
        let zones = r#"{"accounts":'$3',"zones":130,"listings_cpu_ms":'$3',"sign_in_cpu_ms":'$3'}"#;
        let script = format!(
            "#!/bin/sh\ncase $1 in clouds) echo '{clouds}';; locks) echo '{locks}';; zones) echo '{zones}';; esac\n"
        );
        fs::write(&program, script).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
        let (output, document) = isolation(folder.path(), &[]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{wait}: {errors}");
        assert_eq!(errors.contains("MISSED"), expected == 1, "{errors}");
        assert_eq!(document["zones"].as_array().map(Vec::len), Some(4));
    }
}
