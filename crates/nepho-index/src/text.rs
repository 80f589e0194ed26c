//! Search text: folding and packing of a row's texts.
//!
//! A packed row is its fields in a fixed order, each ended by [`END`]: name, native id, addresses
//! (each started by [`ADDRESS`]), DNS names, tags (started by [`TAG`], key and value separated by
//! [`VALUE`]). Folding never produces these four characters, so a field cannot imitate another one,
//! even if an attacker chooses its text.

use std::fmt::Write;

use nepho_core::{Resource, text::fold_onto};

/// Ends each field.
pub(crate) const END: char = '\n';
/// Starts a tag.
pub(crate) const TAG: char = '\u{1}';
/// Separates a tag's key from its value.
pub(crate) const VALUE: char = '\u{2}';
/// Starts an address.
pub(crate) const ADDRESS: char = '\u{3}';

/// Packs the searchable texts of a row.
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

/// Returns the fields of a packed row that start with `mark`, without the mark.
pub(crate) fn marked(packed: &str, mark: char) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(mark as u8, packed.as_bytes()).map(|at| name(&packed[at + 1..]))
}

/// Returns the folded native id of a packed row.
pub(crate) fn id(packed: &str) -> &str {
    name(packed.get(name(packed).len() + 1..).unwrap_or_default())
}

/// Returns the folded name of a packed row, which is its first field.
pub(crate) fn name(packed: &str) -> &str {
    let end = memchr::memchr(b'\n', packed.as_bytes()).unwrap_or(packed.len());
    &packed[..end]
}

#[cfg(test)]
mod tests {
    use nepho_core::text::folded;

    use super::*;

    #[test]
    fn folding_removes_the_packing_marks() {
        let marks: String = [END, TAG, VALUE, ADDRESS].into_iter().collect();
        assert_eq!(folded(&marks), "    ");
    }
}
