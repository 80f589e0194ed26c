//! Names of the six actions in Compute Engine's API, its tools and its permissions.

use nepho_core::Action;

/// The last segment of the request's path; `None` for a deletion, which is an HTTP method.
pub(crate) const fn path_word(action: Action) -> Option<&'static str> {
    match action {
        Action::Start => Some("start"),
        Action::Stop => Some("stop"),
        Action::Reboot => Some("reset"),
        Action::Suspend => Some("suspend"),
        Action::Resume => Some("resume"),
        Action::Terminate => None,
    }
}

/// The verb on `gcloud`'s command line.
pub(crate) const fn command(action: Action) -> &'static str {
    match path_word(action) {
        Some(word) => word,
        None => "delete",
    }
}

/// The permission that the action needs
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/instances>, "IAM Permissions" of each).
pub(crate) const fn permission(action: Action) -> &'static str {
    match action {
        Action::Start => "compute.instances.start",
        Action::Stop => "compute.instances.stop",
        Action::Reboot => "compute.instances.reset",
        Action::Suspend => "compute.instances.suspend",
        Action::Resume => "compute.instances.resume",
        Action::Terminate => "compute.instances.delete",
    }
}
