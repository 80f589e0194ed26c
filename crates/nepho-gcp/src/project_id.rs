//! The syntax of a project's id.

/// True for the id of a project: 6 to 30 lower-case letters, digits and hyphens, the first a letter
/// and the last not a hyphen
/// (<https://cloud.google.com/resource-manager/docs/creating-managing-projects>). Older projects
/// have the domain of their organisation in front, as in `example.com:project`.
pub fn is_project_id(text: &str) -> bool {
    let (domain, id) = text.rsplit_once(':').map_or((None, text), |(domain, id)| (Some(domain), id));
    (6..=30).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && !id.ends_with('-')
        && id.bytes().all(is_label_byte)
        && domain.is_none_or(is_domain)
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(is_label_byte) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}
