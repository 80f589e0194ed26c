//! The measures that `cargo xtask measures` prints: the figures behind the rules on words, circles,
//! styles and sizes.
//!
//! `NEPHOSCOPE_MEASURES=list` prints each finding with its place as well.

use super::{
    checkout::{Source, sources},
    circles::circles,
    ui::{pixel_literals, style_lines},
    words::{Kind, Share, literary, question_summaries},
};

/// Findings of a share in `per` of all, with one decimal.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn rate(share: &Share, per: f64) -> f64 {
    share.found.len() as f64 * per / (share.of.max(1) as f64)
}

/// Median, ninth decile and maximum of the lengths of files.
fn sizes(sources: &[Source], extension: &'static str) -> Option<[usize; 4]> {
    let files = sources.iter().filter(|source| {
        let is_ours = extension == "rs" || source.path.starts_with("ui/src/");
        is_ours && source.is_one_of(&[extension]) && !source.is_test() && !source.is_generated()
    });
    let mut lines: Vec<usize> = files.map(|source| source.text.lines().count()).collect();
    lines.sort_unstable();
    Some([lines.len(), *lines.get(lines.len() / 2)?, *lines.get(lines.len() * 9 / 10)?, *lines.last()?])
}

#[test]
fn measures_are_printed() {
    let sources = sources();
    let is_list = std::env::var("NEPHOSCOPE_MEASURES").is_ok_and(|value| value == "list");
    let print = |name: &str, value: &str, found: &[String]| {
        println!("{name:<42} {value}");
        for one in found.iter().filter(|_| is_list) {
            println!("    {one}");
        }
    };

    let share = question_summaries(&sources);
    print("doc summaries with a question word", &format!("{:.1} % ({share})", rate(&share, 100.0)), &share.found);
    for kind in Kind::ALL {
        let share = literary(kind, &sources);
        let value = format!("{:.1} per 10,000 ({share})", rate(&share, 10_000.0));
        print(&format!("literary turns, {}", kind.name()), &value, &share.found);
    }

    let circles = circles(&sources);
    print("circles between files of a crate", &circles.len().to_string(), &[]);
    for (name, files) in &circles {
        print(&format!("  {name}"), &format!("{}: {}", files.len(), files.join(" ")), &[]);
    }

    let (styles, all) = style_lines(&sources);
    assert!(all > 1_000, "there are components");
    print("styles in components", &format!("{} % ({styles} of {all} lines)", styles * 100 / all), &[]);
    let literals = pixel_literals(&sources);
    print("pixel literals over 1px", &literals.len().to_string(), &literals);
    for extension in ["rs", "svelte", "ts"] {
        let [files, median, tenth, longest] = sizes(&sources, extension).expect("there are such files");
        let value = format!("{files} files, median {median}, p90 {tenth}, max {longest}");
        print(&format!("lines of .{extension} without tests"), &value, &[]);
    }
}
