//! One file per thing that Google is asked.

pub(crate) mod projects;
