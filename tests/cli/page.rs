//! `docs/cli.md` is true: the program prints its shapes, and its examples run.

use std::{collections::BTreeSet, fs, path::Path};

use nepho_testkit::{
    ec2::{Ec2Instance, id},
    gcp::GcpInstance,
};
use serde_json::Value;

use super::{
    cloud::{cloud, operator, operator_of},
    gcp,
};
use crate::e2e::process::built;

/// The text of the page.
pub fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    fs::read_to_string(path).expect("docs/cli.md")
}

/// Returns the code blocks of one language, each with its heading.
fn blocks(page: &str, language: &str) -> Vec<(String, String)> {
    let (mut heading, mut found, mut open) = (String::new(), Vec::new(), None);
    for line in page.lines() {
        match &mut open {
            None if line.starts_with('#') => line.trim_start_matches('#').trim().clone_into(&mut heading),
            None if line.starts_with("```") => open = Some((line[3..].to_owned(), String::new())),
            None => {}
            Some(_) if line.starts_with("```") => {
                found.extend(open.take().map(|(of, text)| (of, heading.clone(), text)));
            }
            Some((_, text)) => text.extend([line, "\n"]),
        }
    }
    found.into_iter().filter(|(of, ..)| of == language).map(|(_, heading, text)| (heading, text)).collect()
}

/// Returns the page's example of a shape.
fn shape(page: &str, heading: &str) -> Value {
    let json = blocks(page, "json");
    let (_, text) = json.iter().find(|(under, _)| under == heading).unwrap_or_else(|| panic!("no shape of {heading}"));
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{heading}: {error}"))
}

/// Members whose own members depend on the cloud or on the case.
const OPEN: [&str; 3] = ["tags", "document", "warnings"];

/// Checks that both sides have the same members, at every depth. The first element of each array
/// stands for all, and a `null` on one side matches anything.
fn assert_same(at: &str, written: &Value, printed: &Value) {
    match (written, printed) {
        (Value::Object(written), Value::Object(printed)) => {
            let names = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(written), names(printed), "the members of {at}: the page, what is printed");
            for (name, value) in written.iter().filter(|(name, _)| !OPEN.contains(&name.as_str())) {
                assert_same(&format!("{at}.{name}"), value, &printed[name]);
            }
        }
        (Value::Array(written), Value::Array(printed)) => {
            if let (Some(written), Some(printed)) = (written.first(), printed.first()) {
                assert_same(&format!("{at}[]"), written, printed);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ => assert_eq!(
            std::mem::discriminant(written),
            std::mem::discriminant(printed),
            "{at} is {written} on the page and {printed} in truth"
        ),
    }
}

#[test]
fn page_shapes_match_the_output() {
    let cloud = cloud();
    cloud.put(Ec2Instance::new("eu-west-1", &id(4)).named("web-4").group("web").tag("env", "prod"));
    let nepho = operator_of(&cloud);
    let page = page();
    assert_same("sync", &shape(&page, "`sync`"), &nepho.json(&["sync"], 0));
    let row = shape(&page, "`list`");
    assert_same("list", &row, &nepho.json(&["list", "web-4"], 0)[0]);
    let mut show = row;
    show.as_object_mut().expect("a row").extend(shape(&page, "`show`").as_object().expect("members").clone());
    assert_same("show", &show, &nepho.json(&["show", "web-4"], 0));
    let act = shape(&page, "`start`, `stop`, `reboot`, `suspend`, `resume`, `terminate`");
    let acted = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    assert_same("stop", &act, &acted);
    assert_same("journal", &shape(&page, "`journal`"), &nepho.json(&["journal"], 0)[0]);
    assert_same("accounts list", &shape(&page, "`accounts list`"), &nepho.json(&["accounts", "list"], 0)[0]);
    assert_same("accounts verify", &shape(&page, "`accounts verify`"), &nepho.json(&["accounts", "verify", "lab"], 0));
    assert_same("journal verify", &shape(&page, "`journal verify`"), &nepho.json(&["journal", "verify"], 0));
    assert_same("doctor", &shape(&page, "`doctor`"), &nepho.json(&["doctor"], 0));
    assert_same("errors", &shape(&page, "Errors"), &nepho.json(&["show", "nothing"], 1));
}

#[test]
fn page_shapes_of_google_projects_match_the_output() {
    let cloud = gcp::gcp();
    cloud.enable_api("proj-1", false);
    let nepho = gcp::operator(&cloud);
    let page = page();
    let endpoint = cloud.endpoint();
    let of = |words| gcp::signed_in(words, "TOKEN", &endpoint);
    let mut several = shape(&page, "`accounts add gcp` of several projects");
    several["added"] = serde_json::json!([shape(&page, "`accounts list`")]);
    let added = nepho.json(&of(&["accounts", "add", "gcp", "--project", "proj-0,proj-1", "--read-write"]), 3);
    assert_same("accounts add gcp", &several, &added);
    let found = nepho.json(&of(&["accounts", "projects", "gcp"]), 0);
    assert_same("accounts projects", &shape(&page, "`accounts projects`"), &found);
    nepho.run(&["sync"]).exits(0);
    let mut show = shape(&page, "`list`");
    show.as_object_mut().expect("a row").extend(shape(&page, "`show`").as_object().expect("members").clone());
    assert_same("show", &show, &nepho.json(&["show", "web-1", "--fetch"], 0));
    let act = shape(&page, "`start`, `stop`, `reboot`, `suspend`, `resume`, `terminate`");
    assert_same("suspend", &act, &nepho.json(&["suspend", "web-1", "--yes", "--wait"], 0));
    assert_same("verify", &shape(&page, "`accounts verify`"), &nepho.json(&["accounts", "verify", "proj-0"], 0));
}

/// Every word in the page's example of an error code exists.
#[test]
fn every_failure_code_is_on_the_page() {
    let page = page();
    for code in nepho_core::FailureCode::ALL {
        assert!(page.contains(&format!("`{}`", code.as_str())), "{} is not on the page", code.as_str());
    }
}

#[test]
fn the_examples_run() {
    let cloud = cloud();
    cloud.put(Ec2Instance::new("eu-west-1", &id(5)).named("old-1"));
    let google = gcp::gcp();
    google.put(GcpInstance::new("nepho-lab", gcp::ZONE, "gce-1").label("env", "lab"));
    let page = page();
    let scripts = blocks(&page, "sh");
    assert!(scripts.len() >= 3, "the page has examples");
    let bin = built("nepho").parent().expect("a directory").to_owned();
    let nepho = operator();
    for (heading, script) in scripts {
        // The page's cloud is this test's; the rest of an example stays unchanged.
        let script = script.replace("http://127.0.0.1:5000", &cloud.endpoint());
        let script = script.replace("http://127.0.0.1:5001", &google.endpoint());
        let script = script.replace("$(gcloud auth print-access-token)", &google.token());
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"));
        let mut shell = nepho.command("bash");
        let output = shell.args(["-euo", "pipefail", "-c", &script]).env("PATH", path).output().expect("bash");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{heading}: {}\n{script}\n{errors}", output.status);
    }
}
