//! Rules for the places that may name one cloud. Code that applies to every cloud names none, so
//! that a third cloud can be added without a search through everything.
//!
//! The rule covers Google Cloud, the second cloud. Deliberately not here: code that tells providers
//! apart (see `shape` and `ui`); manifests, documents and the window's texts, which may name any
//! cloud.

use super::{
    assert_none,
    checkout::{Source, sources},
};

/// Its names, as words of letters: `nepho_gcp` has one of them, `GcpFields` and `googleapis` none.
const NAMES: [&str; 4] = ["gcp", "gce", "google", "gcloud"];

/// The places that may name it, with the reason. A folder ends with a slash.
const PLACES: [(&str, &str); 17] = [
    ("crates/nepho-gcp/", "the provider itself"),
    ("crates/nepho-app/", "composes the providers"),
    ("crates/nepho-testkit/", "has its double"),
    ("crates/nepho-demo/", "the demo's data have its look"),
    ("crates/nepho-core/src/key.rs", "the list of providers, with their words"),
    ("crates/nepho-core/src/endpoint.rs", "the name of its metadata service, which every account refuses"),
    ("crates/nepho-wire/src/enums.rs", "mirrors the list of providers"),
    ("crates/nepho-cli/src/args/accounts.rs", "the form that adds an account"),
    ("crates/nepho-cli/src/commands/gcp.rs", "the form that adds an account"),
    ("crates/nepho-cli/src/commands/accounts.rs", "hands over to that form"),
    ("crates/nepho-cli/src/commands/mod.rs", "hands over to that form"),
    ("ui/src/components/accounts/GcpFields.svelte", "the form that adds an account"),
    ("ui/src/lib/accounts/form.ts", "the form that adds an account"),
    ("ui/src/components/shared/icons.ts", "the table of icons"),
    ("ui/src/lib/labels/clouds.ts", "the table of the clouds' names"),
    ("ui/src/lib/ipc/fake/", "the host that a browser has instead of the real one"),
    ("xtask/", "is in no release: it measures and tests each cloud"),
];

fn is_code(source: &Source) -> bool {
    let is_ours = ["crates/", "src-tauri/", "ui/", "xtask/"].iter().any(|folder| source.path.starts_with(folder));
    let is_code = source.is_one_of(&["rs", "sql", "py", "svelte", "ts", "js", "css", "html"]);
    is_ours && is_code && !source.is_generated() && !source.is_test()
}

/// Returns its lines with a name of the cloud, including comments, without the part after
/// `#[cfg(test)]`.
fn named(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let is_named = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_ascii_alphabetic());
        words.any(|word| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)))
    };
    let code = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(move |(_, line)| is_named(line))
}

fn named_elsewhere(sources: &[Source]) -> Vec<String> {
    let may = |source: &Source| PLACES.iter().any(|(place, _)| is_at(source, place));
    let found = sources.iter().filter(|source| is_code(source) && !may(source));
    found.flat_map(|source| named(source).map(|(at, line)| format!("{}:{at} {}", source.path, line.trim()))).collect()
}

fn without_need(sources: &[Source]) -> Vec<String> {
    let needs = |place: &str| sources.iter().any(|source| is_at(source, place) && named(source).next().is_some());
    PLACES.iter().filter(|(place, _)| !needs(place)).map(|(place, reason)| format!("{place}: {reason}")).collect()
}

fn is_at(source: &Source, place: &str) -> bool {
    if place.ends_with('/') { source.path.starts_with(place) } else { source.path == place }
}

// Invariant 11
#[test]
fn one_cloud_is_named_in_its_places_only() {
    assert_none("say it in words that hold for every cloud", &named_elsewhere(&sources()));
}

#[test]
fn each_of_those_places_needs_it() {
    assert_none("places that do not name the cloud any more", &without_need(&sources()));
}

#[test]
fn control_a_name_in_another_place_is_found() {
    let text = "//! Like GCE's reset.\nconst A: &str = \"nepho_gcp=debug\";\nlet b = is_gcp();\n// gcloud's\nlet gcpu = \
                googol();\n#[cfg(test)]\nmod tests {\n    // gcp\n}\n";
    for path in
        ["crates/nepho-core/src/a.rs", "src-tauri/src/a.rs", "ui/src/lib/a.ts", "crates/nepho-core/src/key.rs.sql"]
    {
        assert_eq!(named_elsewhere(&[Source::sample(path, text)]).len(), 4, "{path}");
    }
    let permitted = ["crates/nepho-gcp/src/a.rs", "crates/nepho-core/src/key.rs", "crates/a/tests/b.rs", "docs/a.md"];
    assert_none("places that may", &named_elsewhere(&permitted.map(|path| Source::sample(path, text))));
    let file = |place: &str| if place.ends_with('/') { format!("{place}a.rs") } else { place.to_owned() };
    let needed = PLACES.map(|(place, _)| Source::sample(&file(place), text));
    assert_none("all needed", &without_need(&needed));
    assert_eq!(without_need(&needed[1..]).len(), 1);
}
