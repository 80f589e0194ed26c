//! Text of errors that AWS and libraries wrote: shortened, and without the layers that only a
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

/// The messages of the error and of its causes, each once.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let message = cause.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        next = cause.source();
    }
    clipped(&text)
}

/// The message of the innermost cause: the layers above it are written for programmers.
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
