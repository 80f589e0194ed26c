//! The shape of the sources: the length of files, their opening, and their places.

use super::{
    assert_none,
    checkout::{Source, rust, sources},
};

/// The longest file, in lines.
const LONGEST: usize = 400;
/// The longest component, in lines.
const LONGEST_COMPONENT: usize = 200;

/// The only files with `unsafe`: before any thread, each host clears and sets environment
/// variables; one test watches the sockets under every HTTP client.
const MAY_BE_UNSAFE: [&str; 3] =
    ["crates/nepho-cli/src/main.rs", "src-tauri/src/environment.rs", "crates/nepho-app/tests/network/sockets.rs"];

/// The places that may match on providers: the composition root, and the vocabulary that defines
/// them.
const MAY_MATCH_PROVIDERS: [&str; 2] = ["crates/nepho-app/", "crates/nepho-core/src/key.rs"];

fn too_long(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.is_one_of(&["rs", "ts", "js", "mjs", "css", "svelte", "py", "sql"]))
        .filter(|source| !source.is_generated())
        .filter_map(|source| {
            let limit = if source.is_one_of(&["svelte"]) { LONGEST_COMPONENT } else { LONGEST };
            let lines = source.text.lines().count();
            (lines > limit).then(|| format!("{} has {lines} lines, more than {limit}", source.path))
        })
        .collect()
}

fn without_purpose(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.text.trim_start().starts_with("//!"))
        .map(|source| format!("{} does not open with its purpose (`//!`)", source.path))
        .collect()
}

fn unsafe_code(sources: &[Source]) -> Vec<String> {
    let is_unsafe = |line: &str| line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == "unsafe");
    sources
        .iter()
        .filter(|source| !MAY_BE_UNSAFE.contains(&source.path.as_str()))
        .flat_map(|source| {
            let found = source.code().filter(move |(_, line)| is_unsafe(line) && !line.contains('"'));
            found.map(|(at, _)| format!("{}:{at} is unsafe", source.path))
        })
        .collect()
}

fn provider_matches(sources: &[Source]) -> Vec<String> {
    let tells_apart = |line: &str| {
        line.split_once("ProviderKind::").is_some_and(|(before, after)| {
            let compared = before.trim_end().ends_with("==") || before.trim_end().ends_with("!=");
            // An arm's pattern ends at the arrow; a macro's pattern ends at the bracket.
            let arm = after.split_once("=>").is_some_and(|(pattern, _)| !pattern.contains(['(', ';']));
            compared || arm || before.contains("matches!(")
        })
    };
    sources
        .iter()
        .filter(|source| !source.is_test() && !MAY_MATCH_PROVIDERS.iter().any(|place| source.path.starts_with(place)))
        .flat_map(|source| {
            let found = source.code().filter(move |(_, line)| tells_apart(line));
            found.map(|(at, _)| format!("{}:{at} tells providers apart", source.path))
        })
        .collect()
}

/// Checks that another test of the same file starts each ignored test by its name, in a new
/// process.
fn ignored_tests(sources: &[Source]) -> Vec<String> {
    // Split, so that this file does not find itself.
    let attribute = concat!("#[", "ignore");
    let mut problems = Vec::new();
    for source in sources {
        let mut lines = source.text.lines().map(str::trim_start);
        while lines.any(|line| line.starts_with(attribute)) {
            let name = lines.find_map(|line| line.split_once("fn ")?.1.split_once('(')).map_or("", |(name, _)| name);
            let is_started = [format!("\"{name}\""), format!("::{name}\"")].iter().any(|by| source.text.contains(by));
            if !is_started {
                problems.push(format!("{} has a test that never runs: {name}", source.path));
            }
        }
    }
    problems
}

#[test]
fn files_are_short() {
    assert_none("a file says one thing: split it by subject", &too_long(&sources()));
}

#[test]
fn every_module_says_its_purpose() {
    assert_none("modules without a purpose", &without_purpose(&rust()));
}

#[test]
fn unsafe_stands_at_the_start_of_the_hosts_only() {
    assert_none("unsafe code", &unsafe_code(&rust()));
}

// Invariant 11
#[test]
fn providers_are_told_apart_in_one_place() {
    assert_none("what a resource can do comes from `Capabilities`", &provider_matches(&rust()));
}

#[test]
fn every_test_runs() {
    assert_none("a test that cannot run says so with its reason", &ignored_tests(&rust()));
}

#[test]
fn control_bad_shapes_are_found() {
    let long = Source::sample("crates/a/src/lib.rs", &"//! A.\n".repeat(401));
    let component = Source::sample("ui/src/A.svelte", &"<p>a</p>\n".repeat(201));
    let generated = Source::sample("ui/src/lib/ipc/generated/types.ts", &"// a\n".repeat(500));
    assert_eq!(too_long(&[long, component, generated]).len(), 2);

    let bare = Source::sample("crates/a/src/lib.rs", "use std::fmt;\n//! Late.\n");
    assert_eq!(without_purpose(&[bare]).len(), 1);

    let text = "//! A.\nfn f() { unsafe { g() } }\n// unsafe in words\n#[cfg(test)]\nmod tests {}\n";
    let places = ["crates/a/src/lib.rs", MAY_BE_UNSAFE[0]];
    assert_eq!(unsafe_code(&places.map(|path| Source::sample(path, text))).len(), 1);

    let text = "match kind {\n    ProviderKind::Aws => 1,\n}\nif kind == ProviderKind::Demo {}\nmatches!(kind, \
                ProviderKind::Aws);\nlet one = Account { provider: ProviderKind::Aws };\nname => \
                f(ProviderKind::Demo),\n";
    let places = ["crates/nepho-engine/src/lib.rs", "crates/nepho-app/src/provider.rs", "crates/a/tests/b.rs"];
    assert_eq!(provider_matches(&places.map(|path| Source::sample(path, text))).len(), 3);

    let text = concat!("#[test]\n#[", "ignore = \"slow\"]\nfn f() {}\n");
    let started = format!("{text}fn start() {{ run(\"a::f\") }}\n");
    let other = format!("{started}{}", text.replace("fn f", "async fn g"));
    let found = ignored_tests(
        &[("a.rs", text), ("b.rs", &started), ("c.rs", &other)].map(|(path, text)| Source::sample(path, text)),
    );
    assert_eq!(found, ["a.rs has a test that never runs: f", "c.rs has a test that never runs: g"]);
}
