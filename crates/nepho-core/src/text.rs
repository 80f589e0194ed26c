//! Untrusted text: makes deceptive characters visible, and folds text for searching and sorting.

use std::borrow::Cow;

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

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::{folded, visible};

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
}
