//! The words that people read: comments of the sources, error texts and help, the window's messages.
//!
//! Deliberately not here: rules about them, which are in `words`.

use serde_json::Value;

use super::checkout::Source;

/// Start of a test module inside a file. What follows it is not read.
const TESTS: &str = "#[cfg(test)]\nmod ";

/// A passage of words, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// Path of the file and number of the first line.
    pub(super) place: String,
    /// The words, without comment marks; one line of the file is one line here.
    pub(super) text: String,
    /// True for a block of `///` or `//!` lines.
    pub(super) is_doc: bool,
}

/// The text of a Rust file before its test module, if it has one. `mod tests;` ends nothing.
pub(super) fn without_tests(text: &str) -> &str {
    for (at, _) in text.match_indices(TESTS) {
        if text[at + TESTS.len()..].lines().next().is_some_and(|line| line.ends_with('{')) {
            return &text[..at];
        }
    }
    text
}

/// The comments of a file. Adjacent lines of one kind are one passage.
pub(super) fn comments(source: &Source) -> Vec<Passage> {
    let text = if source.is_one_of(&["rs"]) { without_tests(&source.text) } else { &source.text };
    let mut passages: Vec<Passage> = Vec::new();
    let mut last = (0, "");
    let mut block = None;
    for (at, line) in text.lines().enumerate() {
        let Some((mark, words)) = comment(line.trim(), &mut block) else { continue };
        match passages.last_mut() {
            Some(passage) if last == (at, mark) => passage.text.extend(["\n", words]),
            _ => passages.push(Passage {
                place: format!("{}:{}", source.path, at + 1),
                text: words.to_owned(),
                is_doc: mark == "///" || mark == "//!",
            }),
        }
        last = (at + 1, mark);
    }
    passages
}

/// The mark and the words of a line's comment. `block` is the end of a comment that lines before it
/// opened.
fn comment<'a>(line: &'a str, block: &mut Option<&'static str>) -> Option<(&'static str, &'a str)> {
    if let Some(end) = *block {
        let words = line.split_once(end).map_or(line, |(words, _)| {
            *block = None;
            words
        });
        return Some(("/*", words.trim_start_matches('*').trim()));
    }
    for mark in ["///", "//!", "//"] {
        if let Some(words) = line.strip_prefix(mark) {
            return Some((mark, words.trim()));
        }
    }
    for (start, end) in [("/*", "*/"), ("<!--", "-->")] {
        if let Some((_, words)) = line.split_once(start) {
            let words = words.split_once(end).map_or_else(
                || {
                    *block = Some(end);
                    words
                },
                |(words, _)| words,
            );
            return Some(("/*", words.trim_start_matches('*').trim()));
        }
    }
    line.split_once(" // ").map(|(_, words)| ("// behind code", words.trim()))
}

/// The texts of `#[error("…")]` and of clap's `help`, `about` and the like in a Rust file.
pub(super) fn texts(source: &Source) -> Vec<Passage> {
    const BEFORE: [&str; 6] = ["#[error(", "help = ", "about = ", "after_help = ", "long_about = ", "help_heading = "];
    let code = without_tests(&source.text);
    let mut passages = Vec::new();
    for before in BEFORE {
        for (at, _) in code.match_indices(before) {
            let Some(literal) = code[at + before.len()..].trim_start().strip_prefix('"') else { continue };
            let end = literal.match_indices('"').find(|(at, _)| !literal[..*at].ends_with('\\'));
            let text = end.map_or(literal, |(end, _)| &literal[..end]);
            let place = format!("{}:{}", source.path, code[..at].lines().count().max(1));
            passages.push(Passage { place, text: text.replace("\\\n", " "), is_doc: false });
        }
    }
    passages
}

/// The messages of a catalogue.
pub(super) fn messages(source: &Source) -> Vec<Passage> {
    let catalogue: Value = serde_json::from_str(&source.text).expect("a catalogue is JSON");
    let mut passages = Vec::new();
    collect(&catalogue, &source.path, &mut passages);
    passages
}

fn collect(value: &Value, place: &str, passages: &mut Vec<Passage>) {
    match value {
        Value::String(text) => passages.push(Passage { place: place.to_owned(), text: text.clone(), is_doc: false }),
        Value::Array(values) => values.iter().for_each(|value| collect(value, place, passages)),
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('$')) {
                collect(value, &format!("{place} {name}"), passages);
            }
        }
        _ => {}
    }
}

#[test]
fn comments_are_read_with_their_kind_and_place() {
    let text = "//! A.\n//! b\n\nlet a = 1; // why\nlet b = \"http://x\";\n/// C\n// d\n#[cfg(test)]\nmod tests;\n/// \
                E\n#[cfg(test)]\nmod tests {\n    // f\n}\n";
    let found = comments(&Source::sample("a.rs", text));
    let found: Vec<_> = found.iter().map(|one| (one.place.as_str(), one.text.as_str(), one.is_doc)).collect();
    let expected = [
        ("a.rs:1", "A.\nb", true),
        ("a.rs:4", "why", false),
        ("a.rs:6", "C", true),
        ("a.rs:7", "d", false),
        ("a.rs:10", "E", true),
    ];
    assert_eq!(found, expected);
    let text = "<!-- a\n  b -->\n<p>c</p>\n/** d */\n/*\n * e\n */\n";
    let found = comments(&Source::sample("A.svelte", text));
    assert_eq!(found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["a\nb", "d\n\ne\n"]);
}

#[test]
fn texts_and_messages_are_read() {
    let text = "#[error(\"cannot \\\"read\\\" \\\n    it\")]\n#[error(transparent)]\n#[arg(long, help = \"A\")]\n";
    let found = texts(&Source::sample("a.rs", text));
    assert_eq!(found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["cannot \\\"read\\\"      it", "A"]);
    let catalogue = r#"{"$schema": "x", "a": "One", "b": [{"match": {"n=1": "Two"}}]}"#;
    let found = messages(&Source::sample("en.json", catalogue));
    assert_eq!(found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
}
