//! A loopback cloud in a separate process, and its control requests.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::{cloud::Cloud, load::Load};

/// A running loopback cloud. Dropping it closes its standard input, which ends the process.
#[derive(Debug)]
pub struct Double {
    /// Its port on 127.0.0.1.
    pub port: u16,
    process: Child,
}

/// Counts of the server since the last reset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Served {
    /// Instances in its pages.
    pub rows: u64,
    /// Regions or zones with a request for their instances.
    pub scopes: u64,
    /// Requests of any kind.
    pub requests: u64,
    /// Bytes of all bodies as sent, after compression.
    pub bytes: u64,
    /// Connections.
    pub connections: u64,
    /// Highest number of concurrent requests.
    pub most_in_flight: u64,
    /// Time of the slowest region's or zone's pages in sequence, with the connection's handshake.
    pub slowest_ms: f64,
}

#[derive(Deserialize)]
struct Stats {
    rows: u64,
    requests: u64,
    bytes: u64,
    connections: u64,
    most_in_flight: u64,
    listing_ms: BTreeMap<String, f64>,
}

impl Double {
    /// Starts the server of `cloud` with `load`, and waits for its first line.
    pub fn start(programs: &Path, cloud: Cloud, load: &Load) -> Result<Self> {
        let options = [
            ("instances", load.instances),
            (cloud.scopes(), load.scopes(cloud)),
            ("latency-ms", load.rtt_ms),
            ("per-instance-us", load.per_instance_us),
            ("handshake-rtts", load.handshake_rtts),
        ];
        let program = programs.join(cloud.server());
        let mut command = Command::new(&program);
        for (name, value) in options {
            command.arg(format!("--{name}")).arg(value.to_string());
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start {}", program.display()))?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut line).context("failed to read the first line of the loopback cloud")?;
        }
        let ready: Value = serde_json::from_str(&line).context("the loopback cloud did not start")?;
        let port = ready["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.context("the loopback cloud named no port")?;
        Ok(Self { port, process })
    }

    /// Its endpoint.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets all counts to zero.
    pub fn reset(&self) -> Result<()> {
        self.control("POST", "reset").map(drop)
    }

    /// Reads the counts.
    pub fn served(&self) -> Result<Served> {
        let stats: Stats = serde_json::from_value(self.control("GET", "stats")?)
            .context("unexpected counts from the loopback cloud")?;
        Ok(Served {
            rows: stats.rows,
            scopes: stats.listing_ms.len() as u64,
            requests: stats.requests,
            bytes: stats.bytes,
            connections: stats.connections,
            most_in_flight: stats.most_in_flight,
            slowest_ms: stats.listing_ms.values().copied().fold(0.0, f64::max),
        })
    }

    fn control(&self, method: &str, name: &str) -> Result<Value> {
        let mut stream =
            TcpStream::connect(("127.0.0.1", self.port)).context("failed to connect to the loopback cloud")?;
        write!(stream, "{method} /_control/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line)?;
        if !line.starts_with("HTTP/1.1 200") {
            bail!("the loopback cloud replied {:?} to `{name}`", line.trim_end());
        }
        while !line.trim_end().is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim_end().parse().context("Content-Length is not a number")?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        serde_json::from_slice(&body).context("the loopback cloud's reply is not JSON")
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // The closed input ends the process; a hung one must not outlive the measurement.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
