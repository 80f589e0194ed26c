//! The floor at Compute Engine, and two other ways to list there, for comparison.

mod page;

use std::{
    io,
    sync::{Arc, mpsc::Sender},
};

use tokio_util::task::TaskTracker;

use crate::{http::Connection, rows::Batch};

/// The way in which instances are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Every zone at once, page by page, in full documents: the floor.
    Zones,
    /// As the floor, with only the fields that become columns.
    Masked,
    /// One chain of pages over all zones, in full documents.
    Chain,
}

const INSTANCES: &str = "id,name,machineType,creationTimestamp,status,zone,labels,\
    networkInterfaces(networkIP,network,subnetwork,accessConfigs/natIP),disks(licenses,architecture)";

/// Lists all instances of `project`; returns the number of its zones.
pub async fn sync(port: u16, project: &str, way: Way, rows: Sender<Batch>) -> io::Result<usize> {
    let project: Arc<str> = Arc::from(format!("/compute/v1/projects/{project}"));
    let mut home = Connection::open(port).await?;
    let zones = page::zones(&home.ask(&request(&format!("{project}/zones?maxResults=500"))).await?)?;
    let tasks = TaskTracker::new();
    let list = match way {
        Way::Zones => "?maxResults=500".to_owned(),
        Way::Masked => format!("?maxResults=500&fields=nextPageToken,items({INSTANCES})"),
        Way::Chain => {
            let path = format!("{project}/aggregated/instances?maxResults=500");
            walk(home, path, None, rows, tasks).await?;
            return Ok(zones.len());
        }
    };
    let start = |zone: &String| {
        let path = format!("{project}/zones/{zone}/instances{list}");
        let (zone, rows, inner) = (Arc::from(zone.as_str()), rows.clone(), tasks.clone());
        tasks.spawn(async move { walk(Connection::open(port).await?, path, Some(zone), rows, inner).await })
    };
    let walks: Vec<_> = zones.iter().map(start).collect();
    drop(rows);
    for walk in walks {
        walk.await.map_err(io::Error::other)??;
    }
    Ok(zones.len())
}

/// Lists one zone, or all zones without one. Requests the next page before it reads this one.
async fn walk(
    mut connection: Connection,
    path: String,
    zone: Option<Arc<str>>,
    rows: Sender<Batch>,
    tasks: TaskTracker,
) -> io::Result<()> {
    let mut token: Option<String> = None;
    let mut readers = Vec::new();
    loop {
        let page = token.as_ref().map_or_else(|| path.clone(), |token| format!("{path}&pageToken={token}"));
        let reply = connection.ask(&request(&page)).await?;
        token = page::next_token(&reply);
        let (zone, rows) = (zone.clone(), rows.clone());
        readers.push(tasks.spawn_blocking(move || {
            let batches = match zone {
                Some(place) => vec![Batch { place, instances: page::instances(&reply)? }],
                None => page::all_instances(&reply)?,
            };
            batches.into_iter().try_for_each(|batch| rows.send(batch).map_err(io::Error::other))
        }));
        if token.is_none() {
            break;
        }
    }
    for reader in readers {
        reader.await.map_err(io::Error::other)??;
    }
    Ok(())
}

/// A request to Compute Engine. The server accepts any token.
fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer floor\r\n\r\n")
}
