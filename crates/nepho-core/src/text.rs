//! Making hostile text visible. Names and tags come from strangers.

use std::borrow::Cow;

/// Whether `c` hides, reorders or breaks text: controls, format characters, bidi marks.
///
/// Covers Unicode Cc and the Cf characters that are invisible or change direction. The zero-width
/// joiner inside an emoji sequence is left alone by [`visible`].
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The text with each deceptive character written out as `\u{…}`.
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

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn deceptive_characters_are_written_out() {
        assert_eq!(visible("a\u{202E}gpj.exe"), "a\\u{202e}gpj.exe");
        assert_eq!(visible("x\ny\u{200B}\u{1B}[31m"), "x\\u{a}y\\u{200b}\\u{1b}[31m");
    }

    #[test]
    fn honest_text_is_unchanged() {
        for text in ["web-名前", "خادم", "שרת", "👩‍💻 box", "café <b>&amp;"] {
            assert_eq!(visible(text), text);
        }
    }
}
