//! Calls to Google Cloud: one file per subject.

pub(crate) mod addresses;
pub(crate) mod context;
pub(crate) mod identity;
pub(crate) mod instances;
mod json;
pub(crate) mod list;
pub(crate) mod operations;
mod pages;
pub(crate) mod preflight;
pub(crate) mod projects;
pub(crate) mod read;
pub(crate) mod reply;
pub(crate) mod scopes;
pub(crate) mod submit;
