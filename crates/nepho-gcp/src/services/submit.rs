//! Actions: one request for each instance.

use futures::{StreamExt, stream};
use nepho_core::{
    ProviderError, ResourceKey,
    provider::{Accepted, Order, Submission, Target},
};

use super::{
    observe::{path, place},
    operations,
    reader::Reader,
};
use crate::{budget::PER_PROJECT, verb, writer::Writer};

/// Asks for `order` on `targets`, which are all of the reader's realm; one answer per key.
pub(crate) async fn submit(writer: &Writer, reader: Reader<'_>, order: Order, targets: &[Target]) -> Vec<Submission> {
    let placed = place(reader, targets).await;
    let sending: Vec<_> = placed
        .into_iter()
        .map(|(key, zone)| async move {
            let outcome = match zone {
                Ok(zone) => one(writer, reader, order, &zone, key).await,
                Err(error) => Err(error.before_sending()),
            };
            Submission { key: key.clone(), outcome }
        })
        .collect();
    stream::iter(sending).buffer_unordered(PER_PROJECT).collect().await
}

async fn one(
    writer: &Writer,
    reader: Reader<'_>,
    order: Order,
    zone: &str,
    key: &ResourceKey,
) -> Result<Accepted, ProviderError> {
    let discard = order.discard_local_disks && verb::discards(order.action);
    let query: &[(&str, &str)] = if discard { &[("discardLocalSsd", "true")] } else { &[] };
    let sent = match verb::path_word(order.action) {
        Some(word) => writer.post(&path(reader, zone, key, Some(word)), query).await,
        None => writer.delete(&path(reader, zone, key, None), query).await,
    };
    let body = sent.map_err(|error| error.about(key))?;
    operations::accepted(verb::permission(order.action), &body, zone)
}
