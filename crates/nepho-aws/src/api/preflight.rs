//! What a listing does not say of an instance: its preflight, and whether its type has disks of
//! its own.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use aws_sdk_ec2::types::{InstanceAttributeName, InstanceType, InstanceTypeInfo};
use futures::future;
use nepho_core::{Region, Resource, provider::Preflight};

use crate::reader::Reader;

/// The most types that one plan asks about: one request each, and then never again.
const MOST_TYPES: usize = 20;

/// What is known of instance types; they do not change.
#[derive(Debug, Default)]
pub(crate) struct PreflightCache {
    local_disks: Mutex<HashMap<String, bool>>,
}

impl PreflightCache {
    /// Finds out about the types of `resources`, each once.
    pub async fn learn(&self, reader: &Reader, resources: impl Iterator<Item = &Resource>) {
        let types: HashSet<(&Region, &str)> = resources
            .filter(|resource| !resource.size.is_empty() && self.local_disks(&resource.size).is_none())
            .map(|resource| (&resource.key.region, resource.size.as_str()))
            .collect();
        future::join_all(
            types.into_iter().take(MOST_TYPES).map(|(region, size)| self.learn_type(reader, region, size)),
        )
        .await;
    }

    /// What stands in an action's way at `resource`, or is lost by it. Whatever is refused or
    /// fails stays `None`: not checked.
    pub async fn of(&self, reader: &Reader, resource: &Resource, preflight: bool) -> Preflight {
        let attribute = |name| async move {
            if preflight { attribute(reader, &resource.key.region, &resource.key.native, name).await } else { None }
        };
        let (stop, termination) = future::join(
            attribute(InstanceAttributeName::DisableApiStop),
            attribute(InstanceAttributeName::DisableApiTermination),
        )
        .await;
        let local_disks = self.local_disks(&resource.size);
        Preflight { stop, termination, local_disks, ..Preflight::default() }
    }

    fn local_disks(&self, size: &str) -> Option<bool> {
        self.local_disks.lock().unwrap_or_else(PoisonError::into_inner).get(size).copied()
    }

    async fn learn_type(&self, reader: &Reader, region: &Region, size: &str) {
        let _permit = reader.rate_limiter.read(region).await;
        let request = reader.ec2(region).describe_instance_types().instance_types(InstanceType::from(size));
        let Ok(reply) = request.send().await else { return };
        let is_it = |one: &&InstanceTypeInfo| one.instance_type().is_some_and(|one| one.as_str() == size);
        if let Some(has) =
            reply.instance_types().iter().find(is_it).and_then(InstanceTypeInfo::instance_storage_supported)
        {
            self.local_disks.lock().unwrap_or_else(PoisonError::into_inner).insert(size.to_owned(), has);
        }
    }
}

async fn attribute(reader: &Reader, region: &Region, id: &str, name: InstanceAttributeName) -> Option<bool> {
    let _permit = reader.rate_limiter.read(region).await;
    let stop = name == InstanceAttributeName::DisableApiStop;
    let request = reader.ec2(region).describe_instance_attribute().instance_id(id).attribute(name);
    let reply = request.send().await.ok()?;
    let value = if stop { reply.disable_api_stop() } else { reply.disable_api_termination() };
    value?.value()
}
