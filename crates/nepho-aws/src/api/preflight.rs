//! Instance details that `DescribeInstances` does not return: stop and termination protection, and
//! whether the type has instance-store disks.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use aws_sdk_ec2::types::{InstanceAttributeName, InstanceType, InstanceTypeInfo};
use futures::future;
use nepho_core::{Region, Resource, provider::Preflight};

use crate::{client::Client, rate_limit::Purpose};

/// The most types that one plan reads: one request per type, and none for a cached one.
const MOST_TYPES: usize = 20;

/// Cache of instance types, which do not change.
#[derive(Debug, Default)]
pub(crate) struct PreflightCache {
    local_disks: Mutex<HashMap<String, bool>>,
}

impl PreflightCache {
    /// Reads the types of `resources` that are not cached.
    pub async fn load(&self, client: &Client, resources: impl Iterator<Item = &Resource>) {
        let types: HashSet<(&Region, &str)> = resources
            .filter(|resource| !resource.size.is_empty() && self.local_disks(&resource.size).is_none())
            .map(|resource| (&resource.key.region, resource.size.as_str()))
            .collect();
        future::join_all(types.into_iter().take(MOST_TYPES).map(|(region, size)| self.load_type(client, region, size)))
            .await;
    }

    /// The preflight of `resource`; its protections only if `protections` is true. A member whose
    /// read fails stays `None`, which means not checked.
    pub async fn of(&self, client: &Client, resource: &Resource, protections: bool) -> Preflight {
        let attribute = |name| async move {
            if protections { attribute(client, &resource.key.region, &resource.key.native, name).await } else { None }
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

    async fn load_type(&self, client: &Client, region: &Region, size: &str) {
        let admission = client.admission(region, Purpose::Read).await;
        let request = client.ec2(region).describe_instance_types().instance_types(InstanceType::from(size));
        let Ok(reply) = request.customize().interceptor(admission).send().await else { return };
        let is_it = |one: &&InstanceTypeInfo| one.instance_type().is_some_and(|one| one.as_str() == size);
        if let Some(has) =
            reply.instance_types().iter().find(is_it).and_then(InstanceTypeInfo::instance_storage_supported)
        {
            self.local_disks.lock().unwrap_or_else(PoisonError::into_inner).insert(size.to_owned(), has);
        }
    }
}

async fn attribute(client: &Client, region: &Region, id: &str, name: InstanceAttributeName) -> Option<bool> {
    let admission = client.admission(region, Purpose::Read).await;
    let stop = name == InstanceAttributeName::DisableApiStop;
    let request = client.ec2(region).describe_instance_attribute().instance_id(id).attribute(name);
    let reply = request.customize().interceptor(admission).send().await.ok()?;
    let value = if stop { reply.disable_api_stop() } else { reply.disable_api_termination() };
    value?.value()
}
