//! The floor of `cargo xtask bench sync`: the least work that a client of the EC2 double can do.
//!
//! `bench_floor PORT DB` lists every region at once, page by page, reads twelve columns of each
//! instance and writes them into a new SQLite file; it prints one JSON line. Deliberately not here:
//! signatures, errors, retries, limits, documents, comparing with what was there.

mod http;
mod page;
mod rows;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::{Arc, mpsc},
};

use serde_json::json;
use tokio_util::task::TaskTracker;

use http::Connection;
use rows::Batch;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench_floor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(port), Some(database)) = (arguments.next().and_then(|port| port.parse().ok()), arguments.next()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "usage: bench_floor PORT DB"));
    };
    let (send, receive) = mpsc::channel();
    let writer = std::thread::spawn(move || rows::write(&database, &receive).map_err(io::Error::other));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let regions = runtime.block_on(sync(port, send))?;
    let rows = writer.join().map_err(|_| io::Error::other("the writer panicked"))??;
    writeln!(io::stdout(), "{}", json!({"rows": rows, "regions": regions}))
}

/// Lists everything; returns how many regions there are.
async fn sync(port: u16, rows: mpsc::Sender<Batch>) -> io::Result<usize> {
    let mut home = Connection::open(port).await?;
    let reply = home.ask("us-east-1", "Action=DescribeRegions&Version=2016-11-15").await?;
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

/// Lists one region. The next page is asked for before this one is read.
async fn walk(port: u16, region: Arc<str>, rows: mpsc::Sender<Batch>, tasks: TaskTracker) -> io::Result<()> {
    let mut connection = Connection::open(port).await?;
    let mut token: Option<String> = None;
    let mut readers = Vec::new();
    loop {
        let mut form = "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000".to_owned();
        if let Some(token) = &token {
            form = format!("{form}&NextToken={token}");
        }
        let reply = connection.ask(&region, &form).await?;
        token = page::next_token(&reply);
        let (region, rows) = (Arc::clone(&region), rows.clone());
        readers.push(tasks.spawn_blocking(move || {
            let instances = page::instances(&reply).map_err(io::Error::other)?;
            rows.send(Batch { region, instances }).map_err(io::Error::other)
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
