//! Submission of actions: one request per instance.

use futures::{Stream, StreamExt, stream};
use nepho_core::{
    ProviderError, ResourceKey,
    provider::{Accepted, ActionRequest, Submission, Target},
};

use super::{
    context::Context,
    operations,
    read::{path, place},
};
use crate::{rate_limit::PER_PROJECT, verb, writer::Writer};

/// Submits `request` for `targets`, which are all of the context's realm. Yields one submission per
/// key, as soon as its reply is here.
pub(crate) fn submit<'a>(
    writer: &'a Writer,
    context: Context<'a>,
    request: ActionRequest,
    targets: Vec<Target>,
) -> impl Stream<Item = Submission> + 'a {
    let placed = async move {
        let placed = place(context, &targets).await;
        placed.into_iter().map(|(key, zone)| (key.clone(), zone)).collect::<Vec<_>>()
    };
    let send = move |(key, zone): (ResourceKey, Result<String, ProviderError>)| async move {
        let outcome = match zone {
            Ok(zone) => one(writer, context, request, &zone, &key).await,
            Err(error) => Err(error.before_sending()),
        };
        Submission { key, outcome }
    };
    stream::once(placed).flat_map(stream::iter).map(send).buffer_unordered(PER_PROJECT)
}

async fn one(
    writer: &Writer,
    context: Context<'_>,
    request: ActionRequest,
    zone: &str,
    key: &ResourceKey,
) -> Result<Accepted, ProviderError> {
    let discard = request.options().discard_local_disks;
    let query: &[(&str, &str)] = if discard { &[("discardLocalSsd", "true")] } else { &[] };
    let sent = match verb::path_word(request.action()) {
        Some(word) => writer.post(&path(context, zone, key, Some(word)), query).await,
        None => writer.delete(&path(context, zone, key, None), query).await,
    };
    let body = sent.map_err(|error| error.about(key))?;
    operations::accepted(verb::permission(request.action()), &body, zone)
}
