//! Untrusted text: makes deceptive characters visible, and folds text for searching and sorting.

use std::{borrow::Cow, cmp::Ordering, iter};

/// Returns `true` if `c` hides, reorders or breaks text: controls, format characters, bidi marks.
///
/// Covers Unicode Cc and the Cf characters that are invisible or change direction. [`visible`]
/// leaves the zero-width joiner inside an emoji sequence unchanged.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Returns the text with each deceptive character escaped as `\u{…}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins_emoji =
            c == '\u{200D}' && before.is_some_and(is_pictograph) && rest.peek().copied().is_some_and(is_pictograph);
        if is_deceptive(c) && !joins_emoji {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(shown)
}

/// Folds one character: converts it to lower case without regard to its neighbours, and a line feed
/// and the controls U+0001 to U+0003 to a space, so that these can separate folded texts.
///
/// This is not `str::to_lowercase`, which writes a final Σ differently, so that a word would not be
/// found inside a longer one.
pub fn folded_char(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '\n' | '\u{1}'..='\u{3}' => ' ',
        'ς' => 'σ',
        other => other,
    };
    c.to_lowercase()
}

/// Returns the text in its case-insensitive form for comparison; see [`folded_char`].
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(&mut folded, text);
    folded
}

/// Appends the folded form of `text` to `folded`; see [`folded`](fn@folded).
pub fn fold_onto(folded: &mut String, text: &str) {
    for c in text.chars() {
        // Nearly all text is ASCII, and the iterator of `to_lowercase` is much slower.
        if c.is_ascii() && !c.is_ascii_control() {
            folded.push(c.to_ascii_lowercase());
        } else {
            folded.extend(folded_char(c));
        }
    }
}

/// Compares two folded names in natural order: `web-2` before `web-10`.
///
/// Runs of ASCII digits compare as numbers of any length. Names that differ only in leading zeros
/// compare as texts, so that different names never compare as equal.
pub fn natural_cmp(one: &str, other: &str) -> Ordering {
    let common = iter::zip(one.bytes(), other.bytes()).take_while(|(a, b)| a == b).count();
    // The difference may lie inside a run of digits, or of a character.
    let is_digit = |at: &usize| one.as_bytes()[at - 1].is_ascii_digit();
    let start = (1..=common).rev().find(|at| !is_digit(at) && one.is_char_boundary(*at)).unwrap_or(0);
    natural(&one[start..]).cmp(natural(&other[start..])).then_with(|| one.cmp(other))
}

/// A text whose plain order is the natural order of names, see [`natural_cmp`].
pub fn sort_key(folded: &str) -> String {
    let mut key: String = natural(folded).collect();
    // Folding leaves no U+0001, so a name sorts before any longer one.
    key.push('\u{1}');
    key.push_str(folded);
    key
}

/// The characters of a name with each run of digits preceded by its length, leading zeros left out.
/// The length is written in digits of which a greater one never sorts before a smaller one: `8`,
/// `90`, `91`, … `98`, `990`.
fn natural(name: &str) -> impl Iterator<Item = char> {
    let mut rest = name;
    iter::from_fn(move || {
        let first = rest.chars().next()?;
        if !first.is_ascii_digit() {
            rest = &rest[first.len_utf8()..];
            // U+0002 is free as well, and greater than the end of a key.
            return Some((0, "", if first == '\0' { '\u{2}' } else { first }));
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..end].trim_start_matches('0');
        rest = &rest[end..];
        let last = char::from_digit(u32::try_from(number.len() % 9).unwrap_or(0), 10).unwrap_or('0');
        Some((number.len() / 9, number, last))
    })
    .flat_map(|(nines, number, last)| iter::repeat_n('9', nines).chain(iter::once(last)).chain(number.chars()))
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{folded, natural_cmp, sort_key, visible};

    #[test]
    fn deceptive_characters_are_escaped() {
        assert_eq!(visible("a\u{202E}gpj.exe"), "a\\u{202e}gpj.exe");
        assert_eq!(visible("x\ny\u{200B}\u{1B}[31m"), "x\\u{a}y\\u{200b}\\u{1b}[31m");
    }

    #[test]
    fn ordinary_text_is_unchanged() {
        for text in ["web-名前", "خادم", "שרת", "👩‍💻 box", "café <b>&amp;"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn folding_ignores_case_and_neighbours() {
        assert_eq!(folded("Web-ÄÖÜ İ"), "web-äöü i\u{307}");
        assert_eq!(folded("ΟΔΟΣ"), folded("οδος"));
        assert!(folded("ΟΔΟΣ-1").starts_with(&folded("ΟΔΟΣ")));
    }

    #[test]
    fn folding_replaces_separator_characters() {
        assert_eq!(folded("a\nb\u{1}c\u{2}d\u{3}e\tf"), "a b c d e\tf");
    }

    #[test]
    fn names_sort_by_their_numbers() {
        let sorted = [
            "",
            "web",
            "web-1",
            "web-01",
            "web-2",
            "web-9",
            "web-10",
            "web-10a",
            "web-10b",
            "web-100",
            "web-1000000000",
            "web-20000000000000000000000000000000",
            "web-a",
            "web-a1",
            "web-ä2",
            "web-ä10",
        ];
        let mut names = sorted.to_vec();
        names.reverse();
        names.sort_by(|a, b| natural_cmp(a, b));
        // Equal as numbers, so the text decides.
        let expected: Vec<_> = sorted
            .map(|name| match name {
                "web-1" => "web-01",
                "web-01" => "web-1",
                other => other,
            })
            .to_vec();
        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn sort_keys_order_as_names_do(one in "[\\x00\\t a0-9é]{0,12}", other in "[\\x00\\t a0-9é]{0,12}") {
            prop_assert_eq!(sort_key(&one).cmp(&sort_key(&other)), natural_cmp(&one, &other));
            prop_assert_eq!(natural_cmp(&one, &other), natural_cmp(&other, &one).reverse());
            prop_assert_eq!(natural_cmp(&one, &other).is_eq(), one == other);
        }
    }
}
