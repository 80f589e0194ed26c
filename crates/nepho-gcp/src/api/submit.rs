//! Submission of actions: one request per instance.

use futures::{StreamExt, stream};
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

/// Submits `request` for `targets`, which are all of the context's realm. Returns one submission per
/// key.
pub(crate) async fn submit(
    writer: &Writer,
    context: Context<'_>,
    request: ActionRequest,
    targets: &[Target],
) -> Vec<Submission> {
    let placed = place(context, targets).await;
    let sending: Vec<_> = placed
        .into_iter()
        .map(|(key, zone)| async move {
            let outcome = match zone {
                Ok(zone) => one(writer, context, request, &zone, key).await,
                Err(error) => Err(error.before_sending()),
            };
            Submission { key: key.clone(), outcome }
        })
        .collect();
    stream::iter(sending).buffer_unordered(PER_PROJECT).collect().await
}

async fn one(
    writer: &Writer,
    context: Context<'_>,
    request: ActionRequest,
    zone: &str,
    key: &ResourceKey,
) -> Result<Accepted, ProviderError> {
    let discard = request.discard_local_disks && verb::discards(request.action);
    let query: &[(&str, &str)] = if discard { &[("discardLocalSsd", "true")] } else { &[] };
    let sent = match verb::path_word(request.action) {
        Some(word) => writer.post(&path(context, zone, key, Some(word)), query).await,
        None => writer.delete(&path(context, zone, key, None), query).await,
    };
    let body = sent.map_err(|error| error.about(key))?;
    operations::accepted(verb::permission(request.action), &body, zone)
}
