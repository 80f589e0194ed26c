//! The log: to stderr, filtered by `NEPHOSCOPE_LOG`, and never with a secret in it.
//!
//! Two safeguards: modules that would log request headers or the window's invoke key are capped
//! whatever the filter says, and text that looks like an access key is masked.

use std::io::{self, IsTerminal as _, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{LevelFilter, filter_fn},
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Crates whose finer levels log secrets: Tauri its invoke key, the SDK and hyper the headers and
/// bodies of signed requests, zbus the secrets that it passes on.
const CAPPED: [&str; 9] = ["tauri", "wry", "tao", "aws_", "hyper", "rustls", "h2", "zbus", "zvariant"];

/// Starts logging. Warnings and errors without `NEPHOSCOPE_LOG`.
pub fn start() {
    let wanted = EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .with_env_var("NEPHOSCOPE_LOG")
        .from_env_lossy();
    let lines = fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(Masked).with_filter(filter_fn(may_log));
    // A second start (in tests) keeps the first.
    let _ = tracing_subscriber::registry().with(wanted).with(lines).try_init();
}

fn may_log(metadata: &Metadata<'_>) -> bool {
    allowed(metadata.target(), *metadata.level())
}

fn allowed(target: &str, level: Level) -> bool {
    level <= Level::WARN || !CAPPED.iter().any(|capped| target.starts_with(capped))
}

/// Writes to stderr, masked. The layer writes each event at once.
#[derive(Clone, Copy, Debug)]
struct Masked;

impl<'a> MakeWriter<'a> for Masked {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        *self
    }
}

impl Write for Masked {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(mask(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The line with every run of key characters that looks like an AWS key (20 characters that begin
/// with `AKIA` or `ASIA`, or 40 and more with digits and both cases in them) replaced.
fn mask(line: &str) -> String {
    let mut masked = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_key_character(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        masked.push_str(if looks_secret(run) { "[masked]" } else { run });
        let next = after.find(is_key_character).unwrap_or(after.len());
        masked.push_str(&after[..next]);
        rest = &after[next..];
    }
    masked
}

const fn is_key_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

fn looks_secret(run: &str) -> bool {
    let id = run.len() == 20 && (run.starts_with("AKIA") || run.starts_with("ASIA"));
    let mixed = run.bytes().any(|b| b.is_ascii_uppercase())
        && run.bytes().any(|b| b.is_ascii_lowercase())
        && run.bytes().any(|b| b.is_ascii_digit());
    id || (run.len() >= 40 && mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_are_capped_whatever_is_asked_for() {
        for target in ["tauri::manager", "aws_smithy_runtime::client", "hyper_util::client", "zbus::connection"] {
            assert!(allowed(target, Level::WARN), "{target}");
            assert!(!allowed(target, Level::INFO), "{target}");
            assert!(!allowed(target, Level::TRACE), "{target}");
        }
        assert!(allowed("nepho_engine::sweep", Level::DEBUG));
    }

    #[test]
    fn keys_are_masked_and_the_rest_stays() {
        let line = "sent AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY for i-0123456789abcdef0\n";
        assert_eq!(mask(line), "sent [masked]:[masked] for i-0123456789abcdef0\n");
        let honest =
            "2026-11-30T18:00:00Z WARN eu-west-1: 名前 permission denied (aws:123456789012:eu-west-1:instance:i-1)";
        assert_eq!(mask(honest), honest);
    }
}
