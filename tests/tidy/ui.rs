//! Rules for the window's sources, since names and tags are untrusted and the content policy is
//! strict.

use super::{
    assert_none,
    checkout::{Source, sources},
};

/// Texts that the UI's sources must not contain, with the reason.
const BANNED: [(&str, &str); 10] = [
    ("{@html", "a name could become markup"),
    ("innerHTML", "a name could become markup"),
    ("outerHTML", "a name could become markup"),
    ("insertAdjacentHTML", "a name could become markup"),
    ("eval(", "the content policy forbids it"),
    ("new Function(", "the content policy forbids it"),
    (" style=\"", "the content policy forbids it; use a class or a `style:` directive"),
    ("localStorage", "what is kept is kept by Rust"),
    ("sessionStorage", "what is kept is kept by Rust"),
    ("fetch(", "the window reaches no network"),
];

/// The one folder that speaks to the host.
const IPC: &str = "ui/src/lib/ipc/";

/// The host in a browser, in place of the real one: like a host, it knows the clouds.
const FAKE: &str = "ui/src/lib/ipc/fake/";

/// The one place that identifies the demo's account, for its badge and its button.
const DEMO: &str = "ui/src/lib/accounts/demo.ts";

/// Test calls that would leave tests out.
const LEFT_OUT: [&str; 7] =
    ["it.skip(", "it.only(", "it.todo(", "test.skip(", "test.only(", "describe.skip(", "describe.only("];

fn is_ui(source: &Source) -> bool {
    let is_code = source.is_one_of(&["svelte", "ts", "js", "html"]);
    let is_ours = source.path.starts_with("ui/src/") || source.path == "ui/index.html";
    is_ours && is_code && !source.is_generated()
}

fn banned(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    let scripts = sources.iter().filter(|source| source.path.starts_with("ui/") && source.is_one_of(&["ts"]));
    for source in scripts {
        for (at, line) in source.text.lines().enumerate() {
            if LEFT_OUT.iter().any(|call| line.contains(call)) {
                problems.push(format!("{}:{} leaves tests out", source.path, at + 1));
            }
        }
    }
    for source in sources.iter().filter(|source| is_ui(source)) {
        for (at, line) in source.text.lines().enumerate() {
            for (word, reason) in BANNED {
                if line.contains(word) && !source.is_test() {
                    problems.push(format!("{}:{} has {word}: {reason}", source.path, at + 1));
                }
            }
            if line.contains("@tauri-apps/") && line.contains("import") && !source.path.starts_with(IPC) {
                problems.push(format!("{}:{} speaks to the host by itself", source.path, at + 1));
            }
        }
    }
    problems
}

/// Finds code that tells providers apart outside the icon table.
fn provider_branches(sources: &[Source]) -> Vec<String> {
    let branches = |line: &str| {
        ["aws", "demo", "gcp"].iter().any(|kind| {
            ["===", "!==", "case"].iter().any(|before| {
                line.contains(&format!("{before} \"{kind}\"")) || line.contains(&format!("{before} '{kind}'"))
            })
        })
    };
    let mut problems = Vec::new();
    let may = |source: &Source| source.is_test() || source.path.starts_with(FAKE) || source.path == DEMO;
    let is_window = |source: &&Source| is_ui(source) && !may(source);
    for source in sources.iter().filter(is_window) {
        let found = source.text.lines().enumerate().filter(|(_, line)| branches(line));
        problems.extend(found.map(|(at, line)| format!("{}:{} {}", source.path, at + 1, line.trim())));
    }
    problems
}

#[test]
fn the_window_makes_no_markup_and_reaches_nothing() {
    let sources = sources();
    assert!(sources.iter().any(is_ui), "the UI has sources");
    assert_none("the window's sources", &banned(&sources));
}

#[test]
fn the_window_tells_no_providers_apart() {
    assert_none(
        "what can be done comes with the row; only the icon table knows the clouds",
        &provider_branches(&sources()),
    );
}

#[test]
fn control_bad_components_are_found() {
    let text =
        "{@html name}\n<p style=\"color: red\">\nimport { invoke } from \"@tauri-apps/api/core\";\n<p style:color>\n";
    assert_eq!(banned(&[Source::sample("ui/src/components/A.svelte", text)]).len(), 3);
    assert_eq!(banned(&[Source::sample("ui/tests/a.test.ts", "it.only(\"a\", () => {});\nit(\"b\");\n")]).len(), 1);
    assert_eq!(
        banned(&[Source::sample("ui/src/lib/ipc/client.ts", "import { invoke } from \"@tauri-apps/api/core\";")]),
        [""; 0]
    );
    let text = "if (row.provider === \"aws\") {\nswitch (p) { case 'demo': }\nconst icons = { aws: A, demo: B };\n";
    assert_eq!(provider_branches(&[Source::sample("ui/src/views/A.svelte", text)]).len(), 2);
}
