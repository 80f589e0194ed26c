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

/// The share of a component's lines that may be styles, in per cent of all components.
const STYLES: usize = 28;

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

/// The lines of styles, with their numbers: of a stylesheet all, of a component those in `<style>`.
fn styles(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = source.is_one_of(&["css"]);
    source.text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(move |(_, line)| {
        let is_style = inside && *line != "</style>";
        inside = (inside || *line == "<style>") && *line != "</style>";
        is_style
    })
}

fn is_drawn(source: &Source) -> bool {
    source.path.starts_with("ui/src/") && (source.is_one_of(&["svelte"]) || is_part_stylesheet(source))
}

/// A stylesheet beside its components; those in `styles/` define the tokens and the elements.
fn is_part_stylesheet(source: &Source) -> bool {
    source.is_one_of(&["css"]) && !source.path.starts_with("ui/src/styles/")
}

/// Sizes come from the tokens; one pixel is a hairline.
pub(super) fn pixel_literals(sources: &[Source]) -> Vec<String> {
    let is_literal = |line: &str| {
        line.match_indices("px").any(|(at, _)| {
            let number = line[..at].rsplit(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or_default();
            number.parse::<f32>().is_ok_and(|pixels| pixels > 1.0)
        })
    };
    let found = sources.iter().filter(|source| is_drawn(source)).flat_map(|source| {
        let lines = styles(source).filter(move |(_, line)| is_literal(line));
        lines.map(|(at, line)| format!("{}:{at} {}", source.path, line.trim()))
    });
    found.collect()
}

/// A state is an attribute: `aria-*`, or else `data-*`.
fn state_classes(sources: &[Source]) -> Vec<String> {
    let components = sources.iter().filter(|source| is_drawn(source) && source.is_one_of(&["svelte"]));
    let found = components.flat_map(|source| {
        let lines = source.text.lines().enumerate().filter(|(_, line)| line.contains(" class:"));
        lines.map(|(at, line)| format!("{}:{} {}", source.path, at + 1, line.trim()))
    });
    found.collect()
}

/// Lines of styles and lines in all, of every component.
pub(super) fn style_lines(sources: &[Source]) -> (usize, usize) {
    let components = sources.iter().filter(|source| is_drawn(source) && source.is_one_of(&["svelte"]));
    components.fold((0, 0), |(style, all), source| (style + styles(source).count(), all + source.text.lines().count()))
}

#[test]
fn component_styles_have_no_pixel_literal_over_one() {
    let sources = sources();
    assert!(sources.iter().any(is_part_stylesheet), "the table has a stylesheet");
    assert_none("sizes are tokens of ui/src/styles/tokens.css", &pixel_literals(&sources));
}

#[test]
fn component_states_are_attributes() {
    assert_none("a state is an attribute, not a class", &state_classes(&sources()));
}

#[test]
fn component_styles_are_a_small_share() {
    let (style, all) = style_lines(&sources());
    assert!(all > 1_000 && style * 100 <= all * STYLES, "{style} of {all} lines of components are styles");
}

#[test]
fn control_bad_styles_are_found() {
    let text = "<p class:on={a} class=\"b\">12px</p>\n<i style:top=\"{x}px\"></i>\n\n<style>\n  p {\n    \
                margin: 0 1px 3px;\n    top: 1.5px;\n    left: calc(var(--s-1) + 0.5px);\n  }\n</style>\n";
    let component = Source::sample("ui/src/components/A.svelte", text);
    assert_eq!(style_lines(std::slice::from_ref(&component)), (5, 10));
    assert_eq!(pixel_literals(std::slice::from_ref(&component)).len(), 2);
    assert_eq!(state_classes(&[component]).len(), 1);
    let sheet = "a {\n  width: 20px;\n}\n";
    assert_eq!(pixel_literals(&[Source::sample("ui/src/components/a.css", sheet)]).len(), 1);
    assert_none("tokens", &pixel_literals(&[Source::sample("ui/src/styles/tokens.css", sheet)]));
}

// Invariant 10
#[test]
fn the_window_makes_no_markup_and_reaches_nothing() {
    let sources = sources();
    assert!(sources.iter().any(is_ui), "the UI has sources");
    assert_none("the window's sources", &banned(&sources));
}

// Invariant 11
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
