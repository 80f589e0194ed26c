//! Plain words: summaries of doc comments, and turns that technical English does not have.
//!
//! `docs/style.md` has the rules. Each figure has a ceiling, which may only fall.

use std::fmt;

use super::{
    checkout::{Source, sources},
    comments::{Passage, comments, messages, texts},
};

/// First words of a summary that asks instead of naming the item.
const QUESTIONS: [&str; 8] = ["what", "how", "whether", "why", "where", "which", "who", "when"];

/// Literary turns, in lower case.
const LITERARY: [&str; 17] = [
    "nobody",
    "somebody",
    "whoever",
    "meanwhile",
    "beside",
    "for ever",
    "at hand",
    "is told",
    "tells of",
    "says of",
    "comes to nothing",
    "came to nothing",
    "of its own",
    "but for",
    "all the same",
    "gone wrong",
    "the whole one",
];

/// Summaries that may begin with a question word, in per cent of all doc comments of Rust.
const MOST_QUESTIONS: usize = 1;

/// Literary turns that each kind of text may have, in 10,000 words.
const MOST_LITERARY: [(Kind, usize); 4] = [(Kind::Rust, 1), (Kind::Ui, 1), (Kind::Errors, 0), (Kind::Messages, 1)];

/// A kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Comments of Rust sources.
    Rust,
    /// Comments of the window's sources.
    Ui,
    /// Error texts, and help that is not a doc comment.
    Errors,
    /// The window's messages, in English.
    Messages,
}

impl Kind {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Rust, Self::Ui, Self::Errors, Self::Messages];

    /// Its name in the measures.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust comments",
            Self::Ui => "UI comments",
            Self::Errors => "error texts, help",
            Self::Messages => "messages (en)",
        }
    }

    /// The passages of this kind, without those of tests and of generated files.
    fn passages(self, sources: &[Source]) -> Vec<Passage> {
        let ours = sources.iter().filter(|source| !source.is_test() && !source.is_generated());
        let of = |extensions: &'static [&str], folder: &'static str| {
            ours.filter(move |source| source.is_one_of(extensions) && source.path.starts_with(folder))
        };
        match self {
            Self::Rust => of(&["rs"], "").flat_map(comments).collect(),
            Self::Ui => of(&["svelte", "ts", "js", "css", "html"], "ui/src/").flat_map(comments).collect(),
            Self::Errors => of(&["rs"], "").flat_map(texts).collect(),
            Self::Messages => of(&["json"], "ui/messages/en.json").flat_map(messages).collect(),
        }
    }
}

/// Findings among all that could be found.
#[derive(Clone, Debug, Default)]
pub(super) struct Share {
    /// Place and text of each finding.
    pub(super) found: Vec<String>,
    /// Number of doc comments, or of words.
    pub(super) of: usize,
}

impl Share {
    /// Findings in `per` of all, rounded up.
    fn in_each(&self, per: usize) -> usize {
        (self.found.len() * per).div_ceil(self.of.max(1))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.found.len(), self.of)
    }
}

/// Summaries of Rust doc comments that begin with a question word, of all doc comments.
pub(super) fn question_summaries(sources: &[Source]) -> Share {
    let mut share = Share::default();
    for passage in Kind::Rust.passages(sources).into_iter().filter(|passage| passage.is_doc) {
        share.of += 1;
        let summary = passage.text.lines().next().unwrap_or_default();
        let first = summary.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        if QUESTIONS.contains(&first.to_lowercase().as_str()) {
            share.found.push(format!("{} {summary}", passage.place));
        }
    }
    share
}

/// Literary turns in the texts of a kind, of all words.
pub(super) fn literary(kind: Kind, sources: &[Source]) -> Share {
    let mut share = Share::default();
    for passage in kind.passages(sources) {
        share.of += passage.text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
        let words = plain(&passage.text);
        for turn in LITERARY {
            let found = words.matches(&format!(" {turn} ")).count();
            share.found.extend((0..found).map(|_| format!("{} {turn}", passage.place)));
        }
    }
    share
}

/// The words in lower case, with one space around each.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |plain, word| plain + &word.to_lowercase() + " ")
}

#[track_caller]
fn assert_at_most(what: &str, share: &Share, per: usize, most: usize) {
    let is = share.in_each(per);
    assert!(is <= most, "{what}: {share}, {is} in {per}, more than {most}:\n  {}", share.found.join("\n  "));
}

#[test]
fn doc_summaries_name_the_item() {
    let share = question_summaries(&sources());
    assert!(share.of > 1_000, "the sources have doc comments");
    assert_at_most("summaries that begin with a question word", &share, 100, MOST_QUESTIONS);
}

#[test]
fn texts_are_plain() {
    let sources = sources();
    for (kind, most) in MOST_LITERARY {
        let share = literary(kind, &sources);
        assert!(share.of > 200, "there are {}", kind.name());
        assert_at_most(kind.name(), &share, 10_000, most);
    }
}

#[test]
fn control_questions_and_turns_are_found() {
    let text = "//! How it works.\n\n/// Whether so.\n/// What.\nfn a();\n/// Returns what is asked.\nfn b();\n/// The \
                port.\n// Why, all\n// the same: nobody is told. Besides.\n";
    let sources = [Source::sample("crates/a/src/a.rs", text), Source::sample("crates/a/tests/b.rs", text)];
    let share = question_summaries(&sources);
    assert_eq!((share.found.len(), share.of, share.in_each(100)), (2, 4, 50));
    let share = literary(Kind::Rust, &sources);
    assert_eq!((share.found.len(), share.of), (3, 20));

    let sources = [
        Source::sample("ui/src/lib/a.ts", "// It came to nothing.\n"),
        Source::sample("crates/a/src/a.rs", "#[error(\"gone wrong\")]\n"),
        Source::sample("ui/messages/en.json", "{\"a\": \"Meanwhile\", \"b\": \"of\", \"c\": \"its own\"}"),
    ];
    for kind in [Kind::Ui, Kind::Errors, Kind::Messages] {
        assert_eq!(literary(kind, &sources).found.len(), 1, "{}", kind.name());
    }
}
