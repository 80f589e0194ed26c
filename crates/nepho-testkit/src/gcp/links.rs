//! URLs of resources, as Google writes them: with Google's host, so a client must not follow them.

const HOST: &str = "https://www.googleapis.com/compute/v1";

/// A resource of a project.
pub(crate) fn link(project: &str, path: &str) -> String {
    format!("{HOST}/projects/{project}/{path}")
}

/// A resource of a zone.
pub(crate) fn zonal(project: &str, zone: &str, kind: &str, name: &str) -> String {
    link(project, &format!("zones/{zone}/{kind}/{name}"))
}

/// Returns the last part of a URL.
pub(crate) fn last(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or(link)
}
