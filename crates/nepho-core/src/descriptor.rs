//! Provider knowledge that needs neither credentials nor a network, so it works while the keyring
//! is locked.

use std::{borrow::Cow, fmt};

use thiserror::Error;

use crate::{Account, Capabilities, Document, Kind, Resource, provider::ActionRequest};

/// A document whose bytes do not match its format.
#[derive(Debug, Error)]
#[error("cannot read the document: {reason}")]
pub struct DocumentError {
    /// The mismatch that the parser reported.
    pub reason: String,
}

/// The pure half of a provider: capability tables, links and command lines.
pub trait Descriptor: Send + Sync + fmt::Debug {
    /// Returns the capabilities of `kind`, if the provider has that kind.
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities>;

    /// Returns the `https` URL of the cloud console's page for `resource`.
    fn console_url(&self, resource: &Resource) -> Option<String>;

    /// Returns the cloud's own command line for `request` on `resources` of one region, for
    /// copying.
    fn command(&self, account: &Account, request: ActionRequest, resources: &[Resource]) -> Option<String>;

    /// Returns the document as pretty-printed JSON, with every member that the provider sent.
    fn document_json(&self, document: &Document) -> Result<String, DocumentError>;
}

/// Returns `true` if `word` is safe in a link: one or more ASCII letters, digits and hyphens.
pub fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Quotes `word` for a POSIX shell. A word that begins with `-` is still an option to the command
/// that receives it.
pub fn shell_word(word: &str) -> Cow<'_, str> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(safe) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_go_into_a_link() {
        for word in ["i-0ab12", "europe-west1-b", "WEB"] {
            assert!(is_plain(word), "{word}");
        }
        for word in ["", "a b", "a/b", "..", "a&b=<script>", "a#b", "a%2fb", "a_b", "caf\u{e9}", "a\n", "a:b"] {
            assert!(!is_plain(word), "{word:?}");
        }
    }

    #[test]
    fn a_shell_reads_back_the_word() {
        for word in ["web-1", "arn:aws:iam::1:role/ops", "http://127.0.0.1:5000/", "a=b,c", "me@lab", "50%+"] {
            assert_eq!(shell_word(word), word);
        }
        for (word, written) in [
            ("", "''"),
            ("my ops", "'my ops'"),
            ("a;rm -rf ~", "'a;rm -rf ~'"),
            ("$(id)`id`", "'$(id)`id`'"),
            ("it's", r"'it'\''s'"),
            ("'", r"''\'''"),
            ("a\nb", "'a\nb'"),
            ("*?[a]", "'*?[a]'"),
            ("~", "'~'"),
            ("#", "'#'"),
            ("caf\u{e9}", "'caf\u{e9}'"),
            (r"a\b", r"'a\b'"),
        ] {
            assert_eq!(shell_word(word), written);
        }
    }
}
