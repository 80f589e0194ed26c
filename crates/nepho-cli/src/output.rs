//! The output: one JSON document or text for people on stdout, the rest on stderr.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::{exit::CliError, table::Table};

/// The output of a command.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// JSON when asked for, else text.
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Returns true if a person reads this and can answer.
    pub fn is_interactive(self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints the result: `document` as JSON, or the text.
    pub fn result(self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), CliError> {
        let mut stdout = io::stdout().lock();
        let written = if self.json {
            let json = serde_json::to_string_pretty(document).map_err(CliError::internal)?;
            writeln!(stdout, "{json}")
        } else {
            let text = text();
            if text.is_empty() { Ok(()) } else { writeln!(stdout, "{}", text.trim_end()) }
        };
        match written.and_then(|()| stdout.flush()) {
            // The reader has seen enough (`nepho list | head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(CliError::internal),
        }
    }

    /// Prints a table, or `none` when it is empty.
    pub fn table(self, document: &impl Serialize, table: impl FnOnce() -> Table, none: &str) -> Result<(), CliError> {
        self.result(document, || {
            let table = table();
            if table.is_empty() { none.to_owned() } else { table.to_string() }
        })
    }

    /// Prints the error: for people on stderr, for scripts also as JSON on stdout.
    pub fn failed(self, failed: &CliError) {
        warn(&format!("nepho: {}", crate::messages::shown(&failed.message)));
        if let Some(advice) = &failed.advice {
            warn(advice);
        }
        for candidate in &failed.candidates {
            warn(&format!("  {}", crate::messages::shown(candidate)));
        }
        self.error(failed);
    }

    /// The failure as the one JSON document on stdout, where that was asked for.
    pub fn error(self, failed: &CliError) {
        if self.json {
            let mut error = serde_json::json!({"code": failed.word, "message": failed.message});
            if !failed.candidates.is_empty() {
                error["candidates"] = failed.candidates.clone().into();
            }
            // Nothing can be done when stdout is gone.
            let _ = writeln!(io::stdout(), "{:#}", serde_json::json!({ "error": error }));
        }
    }
}

/// Prints a line on stderr.
pub fn warn(message: &str) {
    // Nothing can be done when stderr is gone.
    let _ = writeln!(io::stderr(), "{message}");
}

/// Asks a person on the terminal; the answer without its line end.
pub fn ask(question: &str) -> Result<String, CliError> {
    let mut stderr = io::stderr();
    write!(stderr, "{question} ").and_then(|()| stderr.flush()).map_err(CliError::internal)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(CliError::internal)?;
    Ok(answer.trim_end_matches(['\n', '\r']).to_owned())
}
