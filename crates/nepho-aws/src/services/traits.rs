//! What a listing does not say of an instance: its protections, and whether its type has disks of
//! its own.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_sdk_ec2::types::{InstanceAttributeName, InstanceType};
use futures::future;
use nepho_core::{Region, Resource, provider::Protections};

use crate::reader::Reader;

/// What is known of instance types; they do not change.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    local_disks: Mutex<HashMap<String, bool>>,
}

impl Traits {
    /// Finds out about `resource`. Whatever is refused or fails stays `None`: not checked.
    pub async fn of(&self, reader: &Reader, resource: &Resource, protections: bool) -> Protections {
        let id = &resource.key.native;
        let region = &resource.key.region;
        let attribute =
            |name| async move { if protections { attribute(reader, region, id, name).await } else { None } };
        let (stop, termination, local_disks) = future::join3(
            attribute(InstanceAttributeName::DisableApiStop),
            attribute(InstanceAttributeName::DisableApiTermination),
            self.local_disks(reader, region, &resource.size),
        )
        .await;
        Protections { stop, termination, local_disks }
    }

    async fn local_disks(&self, reader: &Reader, region: &Region, size: &str) -> Option<bool> {
        if size.is_empty() {
            return None;
        }
        let known = self.local_disks.lock().unwrap_or_else(PoisonError::into_inner).get(size).copied();
        if known.is_some() {
            return known;
        }
        let _leave = reader.budget.read(region).await;
        let request = reader.ec2(region).describe_instance_types().instance_types(InstanceType::from(size));
        let reply = request.send().await.ok()?;
        let found =
            reply.instance_types().iter().find(|one| one.instance_type().is_some_and(|one| one.as_str() == size));
        let has = found?.instance_storage_supported()?;
        self.local_disks.lock().unwrap_or_else(PoisonError::into_inner).insert(size.to_owned(), has);
        Some(has)
    }
}

async fn attribute(reader: &Reader, region: &Region, id: &str, name: InstanceAttributeName) -> Option<bool> {
    let _leave = reader.budget.read(region).await;
    let stop = name == InstanceAttributeName::DisableApiStop;
    let request = reader.ec2(region).describe_instance_attribute().instance_id(id).attribute(name);
    let reply = request.send().await.ok()?;
    let value = if stop { reply.disable_api_stop() } else { reply.disable_api_termination() };
    value?.value()
}
