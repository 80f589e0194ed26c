//! The floor at EC2: lists every region at once, page by page, in full documents.

mod page;

use std::{
    io,
    sync::{Arc, mpsc::Sender},
};

use tokio_util::task::TaskTracker;

use crate::{http::Connection, rows::Batch};

/// Lists all regions; returns their number.
pub async fn sync(port: u16, rows: Sender<Batch>) -> io::Result<usize> {
    let mut home = Connection::open(port).await?;
    let reply = home.ask(&request("us-east-1", "Action=DescribeRegions&Version=2016-11-15")).await?;
    let regions = page::regions(&reply);
    let tasks = TaskTracker::new();
    let start = |region: &String| tasks.spawn(walk(port, Arc::from(region.as_str()), rows.clone(), tasks.clone()));
    let walks: Vec<_> = regions.iter().map(start).collect();
    drop(rows);
    for walk in walks {
        walk.await.map_err(io::Error::other)??;
    }
    Ok(regions.len())
}

/// Lists one region. Requests the next page before it reads this one.
async fn walk(port: u16, region: Arc<str>, rows: Sender<Batch>, tasks: TaskTracker) -> io::Result<()> {
    let mut connection = Connection::open(port).await?;
    let mut token: Option<String> = None;
    let mut readers = Vec::new();
    loop {
        let mut form = "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000".to_owned();
        if let Some(token) = &token {
            form = format!("{form}&NextToken={token}");
        }
        let reply = connection.ask(&request(&region, &form)).await?;
        token = page::next_token(&reply);
        let (place, rows) = (Arc::clone(&region), rows.clone());
        readers.push(tasks.spawn_blocking(move || {
            let instances = page::instances(&reply).map_err(io::Error::other)?;
            rows.send(Batch { place, instances }).map_err(io::Error::other)
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

/// A request to EC2 in `region`. The double checks no signature.
fn request(region: &str, form: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=AKIAFLOOR/20260101/{region}/ec2/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{form}",
        form.len()
    )
}
