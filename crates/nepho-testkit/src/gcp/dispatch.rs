//! Where a request goes: to an API, to those who make tokens, to the batch, or to the controls.

use super::{
    api::{self, Verdict},
    discovery::Documents,
    request::Request,
    world::World,
};

/// Answers any request.
pub(crate) fn dispatch(world: &mut World, documents: &'static Documents, request: &Request) -> Verdict {
    api::answer(world, documents, request)
}
