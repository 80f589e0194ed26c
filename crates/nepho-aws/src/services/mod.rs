//! One file per thing that AWS is asked.

pub(crate) mod instances;
pub(crate) mod listing;
pub(crate) mod observe;
pub(crate) mod reply;
pub(crate) mod sts;
pub(crate) mod submit;
pub(crate) mod traits;
