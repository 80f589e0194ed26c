//! Rules for names: no module for leftovers, no type name without meaning.

use super::{
    assert_none,
    checkout::{Source, sources},
};

/// Modules that would collect whatever has no other place.
const DRAWERS: [&str; 8] = ["util", "utils", "common", "misc", "helper", "helpers", "shared_utils", "stuff"];
/// Endings of type names that carry no meaning.
const EMPTY_WORDS: [&str; 9] =
    ["Manager", "Service", "Helper", "Util", "Utils", "Processor", "Handler", "Data", "Info"];

fn drawers(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.is_one_of(&["rs", "ts", "svelte", "css", "py"]) && !source.is_generated())
        .filter(|source| {
            source.path.split('/').any(|part| DRAWERS.contains(&part.split('.').next().unwrap_or_default()))
        })
        .map(|source| format!("{} is a drawer", source.path))
        .collect()
}

fn empty_words(sources: &[Source]) -> Vec<String> {
    let declared = |line: &str| {
        let mut words = line.split_whitespace().skip_while(|word| {
            word.starts_with("pub") || *word == "export" || *word == "abstract" || *word == "unsafe"
        });
        let keyword = words.next()?;
        if !["struct", "enum", "trait", "type", "class", "interface"].contains(&keyword) {
            return None;
        }
        let name = words.next()?;
        Some(name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned())
    };
    sources
        .iter()
        .filter(|source| source.is_one_of(&["rs", "ts", "svelte"]) && !source.is_generated())
        .flat_map(|source| source.text.lines().filter_map(declared).map(|name| (source.path.clone(), name)))
        // `Service` alone is a word of the clouds: the purpose of a fleet.
        .filter(|(_, name)| name != "Service" && EMPTY_WORDS.iter().any(|word| name.ends_with(word)))
        .map(|(path, name)| format!("{path}: {name}"))
        .collect()
}

#[test]
fn no_module_is_a_drawer() {
    assert_none("modules named for nothing", &drawers(&sources()));
}

#[test]
fn no_type_is_named_for_nothing() {
    assert_none("types named for nothing", &empty_words(&sources()));
}

#[test]
fn control_empty_names_are_found() {
    let paths = ["crates/a/src/utils.rs", "ui/src/lib/helpers/a.ts", "crates/a/src/command.rs"];
    assert_eq!(drawers(&paths.map(|path| Source::sample(path, ""))).len(), 2);
    let text = "pub struct AccountManager {\npub(crate) enum Kind {\nexport class RowHandler {\nstruct Datagram;\ntype \
                RowData = u8;\n/// struct OldManager in words\n";
    assert_eq!(empty_words(&[Source::sample("a.rs", text)]).len(), 3);
}
