//! The files of the checkout: those that git tracks, and new ones that it does not ignore.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A text file of the checkout.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path from the root, with `/`.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: String,
}

impl Source {
    /// A sample for a control.
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Returns true if its name has one of these extensions.
    pub(crate) fn is_one_of(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
    }

    /// Returns true if a program writes it.
    pub(crate) fn is_generated(&self) -> bool {
        ["/generated/", "/paraglide/"].iter().any(|folder| self.path.contains(folder))
    }

    /// Returns true if it is only for tests: a `tests` folder or module, or the UI's `*.test.ts`.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.contains(".test.")
    }

    /// Returns its lines of Rust, numbered from 1, without comments and without the part after
    /// `#[cfg(test)]`.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
            .map(|(at, line)| (at + 1, line.split_once("//").map_or(line, |(code, _)| code)))
            .filter(|(_, line)| !line.trim().is_empty())
    }
}

/// Returns the root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in the checkout").to_path_buf()
}

/// Returns every text file of the checkout.
pub(crate) fn sources() -> Vec<Source> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let sources: Vec<Source> = String::from_utf8(listed.stdout)
        .expect("paths are UTF-8")
        .split_terminator('\0')
        // A picture is not text; a deleted file that is still tracked does not exist.
        .filter_map(|path| Some(Source { text: fs::read_to_string(root().join(path)).ok()?, path: path.to_owned() }))
        .collect();
    assert!(sources.iter().any(|source| source.path == "Cargo.toml"), "the listing has the root manifest");
    sources
}

/// Returns the Rust files of the checkout.
pub(crate) fn rust() -> Vec<Source> {
    sources().into_iter().filter(|source| source.is_one_of(&["rs"])).collect()
}

#[test]
fn code_is_read_without_comments_and_tests() {
    let source = Source::sample("a.rs", "//! Doc.\nlet a = 1; // why\n\n#[cfg(test)]\nmod tests {}\n");
    assert_eq!(source.code().collect::<Vec<_>>(), [(2, "let a = 1; ")]);
}
