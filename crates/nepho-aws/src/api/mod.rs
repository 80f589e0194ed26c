//! Calls to AWS: one file per subject.

pub(crate) mod identity;
pub(crate) mod instances;
pub(crate) mod list;
pub(crate) mod preflight;
pub(crate) mod read;
pub(crate) mod reply;
pub(crate) mod scopes;
pub(crate) mod submit;
