//! Where a request goes: to an API, to those who make tokens, to the batch, or to the controls.

use super::{
    api::{self, Verdict},
    batch,
    discovery::Documents,
    exchange::Exchange,
    request::Request,
    tokens,
    world::World,
};

/// Answers any request.
pub(crate) fn dispatch(world: &mut World, documents: &'static Documents, request: &Request) -> Verdict {
    if let Some((method, reply)) = tokens::answer(world, request) {
        // Whom they know is no project's, so only rules for all projects and zones concern them.
        let fault = world.rule("", "", method);
        let exchange = Exchange { method: method.to_owned(), ..api::noted(request) };
        return Verdict { reply, fault, exchange };
    }
    if batch::is_batch(request) {
        let reply = batch::answer(world, documents, request);
        let exchange = Exchange { method: "batch".to_owned(), ..api::noted(request) };
        return Verdict { reply, fault: None, exchange };
    }
    api::answer(world, documents, request)
}
