//! Search text: how text is folded before it is compared, and how a row's texts are packed.
//!
//! A packed row is its fields in a fixed order, each ended by [`END`]: name, native id, addresses
//! (each begun by [`ADDRESS`]), DNS names, tags (begun by [`TAG`], key and value parted by
//! [`VALUE`]). These four characters never come out of folding, so a field cannot pretend to be
//! another, whatever a stranger put into a name.

use std::fmt::Write;

use nepho_core::Resource;

/// Ends each field.
pub(crate) const END: char = '\n';
/// Begins a tag.
pub(crate) const TAG: char = '\u{1}';
/// Parts a tag's key from its value.
pub(crate) const VALUE: char = '\u{2}';
/// Begins an address.
pub(crate) const ADDRESS: char = '\u{3}';

/// Folds one character: lower case without regard to its neighbours, and the packing's own
/// characters as a space.
///
/// Not `str::to_lowercase`: that writes a final Σ differently, so that a word would not be found
/// inside a longer one.
pub(crate) fn fold_char(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        END | TAG | VALUE | ADDRESS => ' ',
        'ς' => 'σ',
        other => other,
    };
    c.to_lowercase()
}

/// Folds a text, see [`fold_char`].
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(&mut folded, text);
    folded
}

fn fold_onto(folded: &mut String, text: &str) {
    for c in text.chars() {
        // Nearly all text is ASCII; the iterator of `to_lowercase` is slower by far.
        if c.is_ascii() && !c.is_ascii_control() {
            folded.push(c.to_ascii_lowercase());
        } else {
            folded.extend(fold_char(c));
        }
    }
}

/// Packs the texts of a row that can be searched.
pub(crate) fn pack(resource: &Resource) -> String {
    let mut text = String::with_capacity(128);
    fold_onto(&mut text, &resource.name);
    text.push(END);
    fold_onto(&mut text, &resource.key.native);
    text.push(END);
    for address in resource.private_ips.iter().chain(&resource.public_ips) {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{ADDRESS}{address}{END}");
    }
    for name in &resource.dns_names {
        fold_onto(&mut text, name);
        text.push(END);
    }
    for (key, value) in &resource.tags {
        text.push(TAG);
        fold_onto(&mut text, key);
        text.push(VALUE);
        fold_onto(&mut text, value);
        text.push(END);
    }
    text
}

/// The fields of a packed row that begin with `mark`, without it.
pub(crate) fn marked(packed: &str, mark: char) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(mark as u8, packed.as_bytes()).map(|at| name(&packed[at + 1..]))
}

/// The folded native id of a packed row.
pub(crate) fn id(packed: &str) -> &str {
    name(packed.get(name(packed).len() + 1..).unwrap_or_default())
}

/// The folded name of a packed row: its first field.
pub(crate) fn name(packed: &str) -> &str {
    let end = memchr::memchr(b'\n', packed.as_bytes()).unwrap_or(packed.len());
    &packed[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_and_neighbours() {
        assert_eq!(fold("Web-ÄÖÜ İ"), "web-äöü i\u{307}");
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert!(fold("ΟΔΟΣ-1").starts_with(&fold("ΟΔΟΣ")));
    }

    #[test]
    fn folding_leaves_nothing_that_packing_uses() {
        assert_eq!(fold("a\nb\u{1}c\u{2}d\u{3}e\tf"), "a b c d e\tf");
    }
}
