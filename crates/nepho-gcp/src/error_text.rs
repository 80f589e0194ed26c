//! Text of errors that Google and libraries wrote: shortened, and without the layers that only a
//! programmer understands.

/// The longest foreign text that is passed on, in characters.
const LONGEST_MESSAGE: usize = 400;

/// Shortens a foreign text to [`LONGEST_MESSAGE`] characters.
pub(crate) fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The message of the innermost cause: the layers above it are written for programmers, and name
/// URLs.
pub(crate) fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    clipped(&root.to_string())
}

/// The first cause of type `T`.
pub(crate) fn cause<'e, T: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
