//! Notes of tests that cannot run: a test that only returns early would count as passed.

use std::{env, fs::OpenOptions, io::Write as _, process::Command};

/// The variable with the file for skip notes; without it they are printed.
const VARIABLE: &str = "NEPHOSCOPE_SKIP_FILE";

/// Notes that `test` does not run because `missing` (one word) is missing, with a `reason` for
/// people. The test must return afterwards.
///
/// # Panics
///
/// If the file cannot be written, as the skip would be invisible.
pub fn skip(test: &str, missing: &str, reason: &str) {
    let line = line(test, missing, reason);
    #[expect(clippy::print_stderr, reason = "a skip must be seen")]
    let Some(path) = env::var_os(VARIABLE) else {
        eprint!("SKIPPED: {line}");
        return;
    };
    // One write of one line: tests of other processes append to the same file.
    let written = OpenOptions::new().append(true).create(true).open(&path);
    let written = written.and_then(|mut file| file.write_all(line.as_bytes()));
    assert!(written.is_ok(), "{written:?}: {}", path.display());
}

/// Returns true if one of these programs is not on the search path, and notes `test` as skipped for
/// the first such program.
pub fn skip_without(test: &str, programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !is_installed(program)).collect();
    if let Some(first) = missing.first() {
        skip(test, first, &format!("not installed: {}", missing.join(", ")));
    }
    !missing.is_empty()
}

fn is_installed(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$0\"", program]).output();
    found.is_ok_and(|output| output.status.success())
}

fn line(test: &str, missing: &str, reason: &str) -> String {
    // A tab or a line break in a part would split it.
    let [test, missing, reason] = [test, missing, reason].map(|part| part.replace(['\t', '\n', '\r'], " "));
    format!("{test}\t{missing}\t{reason}\n")
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn skip_line_has_three_parts_whatever_their_text() {
        assert_eq!(line("a::b", "gcloud", "not\there\n"), "a::b\tgcloud\tnot here \n");
    }

    #[test]
    fn programs_are_found() {
        assert!(is_installed("sh"));
        assert!(!is_installed("a-program-that-is-nowhere"));
        assert!(!skip_without("none", &["sh", "cat"]));
    }

    #[test]
    #[ignore = "runs in its own process, below"]
    fn case_without() {
        assert!(skip_without("one", &["sh", "nowhere-1", "nowhere-2"]));
        skip("two", "gcloud", "it is not here");
    }

    #[test]
    fn skips_are_appended_to_the_file_that_is_named() {
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("skips");
        fs::write(&file, "zero\tx\ty\n").expect("written");
        let output = Command::new(env::current_exe().expect("this binary"))
            .args(["--ignored", "--exact", "skip::tests::case_without"])
            .env(VARIABLE, &file)
            .output()
            .expect("it runs");
        let noted = fs::read_to_string(&file).expect("skips");
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            noted,
            "zero\tx\ty\none\tnowhere-1\tnot installed: nowhere-1, nowhere-2\ntwo\tgcloud\tit is not here\n"
        );
    }
}
