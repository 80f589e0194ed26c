//! ARCHITECTURE.md and the tests that hold its invariants: each cites the other.
//!
//! A cited test carries a comment `// Invariant N` above it, so that a reader of the test knows what
//! breaks with it. Deliberately not here: whether a test holds its invariant. A person breaks the
//! code once to see that.

use std::fs;

use super::{
    assert_none,
    checkout::{Source, root, rust, sources},
};

/// One test that an invariant cites.
#[derive(Debug, PartialEq, Eq)]
struct Citation {
    invariant: usize,
    test: String,
}

/// The citations: words in backticks after "Held by", per numbered line.
fn citations(markdown: &str) -> Vec<Citation> {
    let mut found = Vec::new();
    for line in markdown.lines() {
        let Some((rule, tests)) = line.split_once("Held by ") else { continue };
        let Some(invariant) = rule.split('.').next().and_then(|number| number.trim().parse().ok()) else { continue };
        let tests = tests.split('`').skip(1).step_by(2).filter(|word| !word.contains('/'));
        found.extend(tests.map(|test| Citation { invariant, test: test.to_owned() }));
    }
    found
}

/// The lines that declare a test in a Rust or a TypeScript file, with the lines above each.
fn declares<'a>(source: &'a Source, test: &str) -> Option<Vec<&'a str>> {
    let declarations = [format!("fn {test}("), format!("it(\"{test}\""), format!("test(\"{test}\"")];
    let lines: Vec<&str> = source.text.lines().collect();
    let at = lines.iter().position(|line| declarations.iter().any(|declaration| line.contains(declaration)))?;
    Some(lines[at.saturating_sub(4)..at].to_vec())
}

/// Citations without their test, and cited tests without the number of their invariant.
fn unmatched(citations: &[Citation], sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for Citation { invariant, test } in citations {
        let found: Vec<Vec<&str>> = sources.iter().filter_map(|source| declares(source, test)).collect();
        let marker = format!("// Invariant {invariant}");
        if found.is_empty() {
            problems.push(format!("invariant {invariant} cites {test}, which does not exist"));
        } else if !found.iter().flatten().any(|line| is_marked(line, &marker)) {
            problems.push(format!("{test} has no comment `{marker}`"));
        }
    }
    problems
}

/// Returns true for the marker itself, not for that of a longer number.
fn is_marked(line: &str, marker: &str) -> bool {
    let rest = line.trim_start().strip_prefix(marker);
    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
}

/// Markers whose invariant does not cite the test below them.
fn stray_markers(citations: &[Citation], sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let lines: Vec<&str> = source.text.lines().map(str::trim_start).collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(rest) = line.strip_prefix("// Invariant ") else { continue };
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let below = lines.iter().skip(at + 1).take(4).copied().collect::<Vec<_>>().join("\n");
            let is_cited = citations.iter().any(|citation| {
                citation.invariant.to_string() == number
                    && [format!("fn {}(", citation.test), format!("(\"{}\"", citation.test)]
                        .iter()
                        .any(|declaration| below.contains(declaration))
            });
            if !is_cited {
                problems.push(format!("{}:{} invariant {number} does not cite this test", source.path, at + 1));
            }
        }
    }
    problems
}

fn tested() -> Vec<Source> {
    let scripts = sources().into_iter().filter(|source| source.path.ends_with(".test.ts"));
    // This file's samples are no tests.
    rust().into_iter().filter(|source| source.path != "tests/tidy/invariants.rs").chain(scripts).collect()
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is readable")
}

#[test]
fn each_invariant_cites_a_test_that_names_it() {
    let document = architecture();
    let (citations, sources) = (citations(&document), tested());
    let invariants = document.lines().skip_while(|line| *line != "## Invariants").skip(1);
    let rules = invariants.take_while(|line| !line.starts_with("## ")).filter(|line| line.contains(". **"));
    let bare: Vec<String> = rules.filter(|line| !line.contains("Held by `")).map(str::to_owned).collect();
    assert_none("invariants without a test", &bare);
    assert!(citations.len() >= 20, "found {} citations", citations.len());
    assert_none("citations and tests differ", &unmatched(&citations, &sources));
    assert_none("tests name invariants that do not cite them", &stray_markers(&citations, &sources));
}

#[test]
fn control_unmatched_citations_are_found() {
    let cited = citations("3. **A.** Held by `one`, `keeps pages` in `a/b.test.ts`.\n13. **B.** Held by `two`.\n");
    let citation = |invariant, test: &str| Citation { invariant, test: test.to_owned() };
    assert_eq!(cited, [citation(3, "one"), citation(3, "keeps pages"), citation(13, "two")]);
    let text = "// Invariant 13\n#[test]\nfn one() {}\n// Invariant 13\n#[test]\nasync fn two() {}\n";
    let script = Source::sample("a/b.test.ts", "// Invariant 3\nit(\"keeps pages\", () => {});\n");
    let sources = [Source::sample("a.rs", text), script];
    assert_eq!(unmatched(&cited, &sources), ["one has no comment `// Invariant 3`"]);
    assert_eq!(unmatched(&[citation(1, "none")], &sources).len(), 1);
    assert_eq!(stray_markers(&cited, &sources), ["a.rs:1 invariant 13 does not cite this test"]);
}
