//! Calls to the demo cloud: one file per subject.

pub(crate) mod context;
pub(crate) mod identity;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod scopes;
pub(crate) mod submit;
