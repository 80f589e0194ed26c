//! The dispatch of a request: to an API, to the token services, to the batch, or to the controls.

use super::{
    api::{self, Verdict},
    batch, control,
    discovery::Documents,
    exchange::Exchange,
    fault::Fault,
    request::Request,
    tokens,
    world::World,
};

/// Answers any request.
pub(crate) fn dispatch(world: &mut World, documents: &'static Documents, request: &Request) -> Verdict {
    if let Some(reply) = control::answer(world, request) {
        return Verdict { reply, fault: None, exchange: Exchange::default() };
    }
    if let Some((method, reply)) = tokens::answer(world, request) {
        let exchange = Exchange { method: method.to_owned(), ..api::noted(request) };
        let fault = world.rule_by_name(method);
        let reply = if let Some(Fault::Error { status, reason, message }) = &fault {
            tokens::refused(*status, reason, message)
        } else {
            reply
        };
        return Verdict { reply, fault, exchange };
    }
    if batch::is_batch(request) {
        let reply = batch::answer(world, documents, request);
        let exchange = Exchange { method: "batch".to_owned(), ..api::noted(request) };
        return Verdict { reply, fault: None, exchange };
    }
    api::answer(world, documents, request)
}
