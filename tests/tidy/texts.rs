//! Rules for the project's documents, and for texts that no file may contain.

use std::{fs, path::Path};

use super::{
    assert_none,
    checkout::{Source, root, sources},
};

/// The first code block of a document.
fn first_block(markdown: &str) -> Vec<&str> {
    markdown
        .lines()
        .skip_while(|line| !line.starts_with("```"))
        .skip(1)
        .take_while(|line| !line.starts_with("```"))
        .collect()
}

/// Finds folders of one person's machine.
fn machine_paths(sources: &[Source]) -> Vec<String> {
    // Split, so that this file does not find itself.
    let folders = [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/Use", "rs/"),
        concat!("/ho", "me/"),
        concat!("../sha", "red"),
    ];
    let mut problems = Vec::new();
    for source in sources {
        for (at, line) in source.text.lines().enumerate() {
            for folder in folders {
                // A longer word with this ending, as in a web address, does not count; `operator`
                // stands for anyone.
                let found = line.match_indices(folder).any(|(start, _)| {
                    !line[start..].contains("/operator/")
                        && !line[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '}' || c == '.')
                });
                if found {
                    problems.push(format!("{}:{} names {folder}", source.path, at + 1));
                }
            }
        }
    }
    problems
}

/// Returns the targets of a document's relative links and pictures.
fn links(markdown: &str) -> Vec<&str> {
    markdown
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = read("README.md");
    let commands: Vec<&str> =
        first_block(&readme).into_iter().filter_map(|line| line.split('#').next()).map(str::trim).collect();
    assert_eq!(commands, ["cargo xtask run", "cargo xtask test"]);
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    assert_none("paths of one machine", &machine_paths(&sources()));
}

#[test]
fn documents_link_to_what_is_there() {
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| source.is_one_of(&["md"])) {
        let folder = root().join(&source.path).parent().map(Path::to_path_buf).unwrap_or_default();
        let missing = links(&source.text).into_iter().filter(|target| !folder.join(target).exists());
        problems.extend(missing.map(|target| format!("{} links to {target}", source.path)));
    }
    assert_none("broken links", &problems);
}

#[test]
fn control_bad_texts_are_found() {
    assert_eq!(first_block("# A\n\n```sh\nmake\n```\n```\nother\n```\n"), ["make"]);
    let line = format!("see {}me/x, {}ot/y and https://a.example{}me/z", "/ho", "/ro", "/ho");
    assert_eq!(machine_paths(&[Source::sample("a.md", &line)]).len(), 2);
    assert_eq!(links("[a](b.md#c) ![d](e.png) [f](https://g.example) [h](#i)"), ["b.md", "e.png"]);
}
