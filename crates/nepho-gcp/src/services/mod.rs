//! One file per thing that Google is asked.

pub(crate) mod addresses;
pub(crate) mod findings;
pub(crate) mod instances;
pub(crate) mod listing;
pub(crate) mod observe;
pub(crate) mod operations;
mod pages;
pub(crate) mod projects;
pub(crate) mod reader;
pub(crate) mod reply;
pub(crate) mod submit;
pub(crate) mod verify;
pub(crate) mod zones;
