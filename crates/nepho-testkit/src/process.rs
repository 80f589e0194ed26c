//! The command line and the life of a testkit process: options, the ready line, the end.
//!
//! A process prints one line of JSON when it is ready, and ends when its stdin closes. Deliberately
//! not here: the options of each process.

use std::{
    env,
    fmt::Display,
    io::{self, Read as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use serde_json::Value;

/// Runs the process `name`, and prints its error to stderr.
pub fn main(name: &str, run: impl FnOnce(Arguments) -> io::Result<()>) -> ExitCode {
    match run(Arguments::new(env::args().skip(1))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments of a process, read as options with values.
#[derive(Debug)]
pub struct Arguments {
    rest: std::vec::IntoIter<String>,
    option: String,
}

impl Arguments {
    fn new(all: impl Iterator<Item = String>) -> Self {
        Self { rest: all.collect::<Vec<_>>().into_iter(), option: String::new() }
    }

    /// The arguments as given, for a process without options.
    pub fn all(self) -> Vec<String> {
        self.rest.collect()
    }

    /// The next option; `None` at the end.
    pub fn option(&mut self) -> Option<String> {
        self.option = self.rest.next()?;
        Some(self.option.clone())
    }

    /// The value of the option that was read last.
    pub fn value(&mut self) -> io::Result<String> {
        self.rest.next().ok_or_else(|| self.refused("lacks its value"))
    }

    /// The value of the option that was read last, as a number.
    pub fn number<N: TryFrom<u32>>(&mut self) -> io::Result<N> {
        let number = self.value()?.parse::<u32>().ok().and_then(|number| N::try_from(number).ok());
        number.ok_or_else(|| self.refused("needs a number"))
    }

    /// The value of the option that was read last, as milliseconds.
    pub fn millis(&mut self) -> io::Result<Duration> {
        self.number().map(Duration::from_millis)
    }

    /// The error for an option that the process does not have.
    pub fn unknown(&self) -> io::Error {
        self.refused("is not an option")
    }

    fn refused(&self, why: impl Display) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidInput, format!("{} {why}", self.option))
    }
}

/// Prints one line of JSON: the ready line, or a result.
pub fn print(line: &Value) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Waits until stdin closes; with `keep`, waits without an end.
pub fn serve(keep: bool) -> io::Result<()> {
    if keep {
        loop {
            std::thread::park();
        }
    }
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_with_their_values_and_refused_by_name() {
        let given = ["--port", "5000", "--name", "lab", "--port", "70000", "--lag-ms", "soon", "--last"];
        let mut arguments = Arguments::new(given.into_iter().map(str::to_owned));
        assert_eq!(arguments.option().as_deref(), Some("--port"));
        assert_eq!(arguments.number::<u16>().expect("a port"), 5000);
        assert_eq!(arguments.option().as_deref(), Some("--name"));
        assert_eq!(arguments.value().expect("a name"), "lab");
        for (option, refusal) in [("--port", "--port needs a number"), ("--lag-ms", "--lag-ms needs a number")] {
            assert_eq!(arguments.option().as_deref(), Some(option));
            assert_eq!(arguments.number::<u16>().expect_err("no port").to_string(), refusal);
        }
        assert_eq!(arguments.option().as_deref(), Some("--last"));
        assert_eq!(arguments.unknown().to_string(), "--last is not an option");
        assert_eq!(arguments.value().expect_err("the end").to_string(), "--last lacks its value");
        assert_eq!(arguments.option(), None);
    }
}
