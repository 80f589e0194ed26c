//! The command line's grammar.

mod accounts;

use std::{ffi::OsString, time::Duration};

use clap::{Args as ClapArgs, Parser, Subcommand};
use nepho_core::provider::{ActionRequest, StopOptions};

pub use accounts::{Accounts, Add, AddAws, AddGcp, GcpProjects, GcpSource, ProjectsOf, Set, regions};

/// List and operate the instances of all your cloud accounts.
#[derive(Debug, Parser)]
#[command(name = "nepho", version, propagate_version = true, color = clap::ColorChoice::Never)]
pub struct Args {
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Log progress to stderr
    #[arg(long, short, global = true)]
    pub verbose: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add, list, change, verify and remove accounts
    #[command(subcommand)]
    Accounts(Accounts),
    /// Read the inventory from the clouds
    Sync(Sync),
    /// List the resources that match a query, from the cache
    List(List),
    /// Show one resource with the cloud's own document, from the cache
    Show(Show),
    /// Start stopped instances
    Start(Act),
    /// Stop running instances
    Stop(StopArgs),
    /// Restart running instances
    Reboot(Act),
    /// Suspend running instances and keep their memory
    Suspend(SuspendArgs),
    /// Resume suspended instances
    Resume(Act),
    /// Delete instances permanently
    Terminate(Act),
    /// Print or verify the journal of actions
    Journal(Journal),
    /// Check the setup and suggest fixes
    Doctor,
    /// Add the built-in demo cloud, or remove it
    Demo(Demo),
}

#[derive(Debug, ClapArgs)]
pub struct Sync {
    /// Only this account; may be repeated
    #[arg(long = "account", value_name = "NAME")]
    pub accounts: Vec<String>,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_name = "KIND")]
    pub kinds: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub struct List {
    /// The query, as in the window: web state:running region:us-* tag:env=prod sort:-as_of
    ///
    /// A negated bare word comes after `--`: nepho list --json -- -web. A negated term with a key
    /// may stand anywhere: nepho list -state:stopped
    pub query: Vec<String>,
    /// At most this many rows
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Read from the clouds first
    #[arg(long)]
    pub sync: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Show {
    /// A key, a native id or an exact name
    pub target: String,
    /// Read from the clouds first
    #[arg(long)]
    pub sync: bool,
    /// Load the full document from the cloud, where its listings show only a part, and keep it
    #[arg(long)]
    pub fetch: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Act {
    /// Keys, native ids or exact names
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Print the plan and send nothing
    #[arg(long)]
    pub plan: bool,
    /// Confirm a plan that one click confirms in the window; never one that must be typed
    #[arg(long)]
    pub yes: bool,
    /// Confirm with the text that the plan asks for, such as the name
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Wait until the result is observed
    #[arg(long)]
    pub wait: bool,
    /// Time to wait, in seconds
    #[arg(long, value_name = "S", default_value = "600", value_parser = seconds)]
    pub timeout: Duration,
}

#[derive(Debug, ClapArgs)]
pub struct StopArgs {
    #[command(flatten)]
    pub act: Act,
    /// Allow the contents of local SSDs to be lost
    #[arg(long)]
    pub discard_local_ssd: bool,
    /// Stop without a shutdown of the guest OS, also while an earlier stop is stuck (EC2)
    #[arg(long, conflicts_with = "hibernate")]
    pub force: bool,
    /// Write the memory to the root disk first, so that the next start restores it (EC2)
    #[arg(long)]
    pub hibernate: bool,
}

impl StopArgs {
    /// The action with its parameters.
    pub fn order(&self) -> ActionRequest {
        ActionRequest::Stop(StopOptions {
            force: self.force,
            hibernate: self.hibernate,
            discard_local_disks: self.discard_local_ssd,
        })
    }
}

#[derive(Debug, ClapArgs)]
pub struct SuspendArgs {
    #[command(flatten)]
    pub act: Act,
    /// Allow the contents of local SSDs to be lost
    #[arg(long)]
    pub discard_local_ssd: bool,
}

impl SuspendArgs {
    /// The action with its parameters.
    pub fn order(&self) -> ActionRequest {
        ActionRequest::Suspend { discard_local_disks: self.discard_local_ssd }
    }
}

#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Journal {
    #[command(subcommand)]
    pub command: Option<JournalCommand>,
    /// At most this many entries
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum JournalCommand {
    /// Check that no entry was changed, removed or inserted
    Verify,
}

#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Demo {
    /// Remove the demo cloud
    #[arg(long)]
    pub remove: bool,
}

/// Moves the negated terms of `list` behind `--` at the end of the command line. None of them is an
/// option, as no option of one dash has a colon in it.
pub fn words(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let given: Vec<OsString> = given.collect();
    let end = given.iter().position(|word| word == "--").unwrap_or(given.len());
    let (before, after) = given.split_at(end);
    if !before.iter().any(|word| word == "list") {
        return given;
    }
    let (terms, mut words): (Vec<_>, Vec<_>) = before.iter().cloned().partition(is_negated_term);
    words.push("--".into());
    words.extend(terms);
    words.extend(after.iter().skip(1).cloned());
    words
}

fn is_negated_term(word: &OsString) -> bool {
    let term = word.to_str().and_then(|word| word.strip_prefix('-'));
    term.and_then(|term| term.split_once(':'))
        .is_some_and(|(key, _)| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphabetic()))
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Args, Command};

    #[test]
    fn the_grammar_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_query_is_all_words_that_are_not_options() {
        let args = Args::parse_from(["nepho", "list", "web -state:stopped", "tag:a", "--limit", "5", "--json"]);
        let Command::List(list) = args.command else { panic!("not a list") };
        assert_eq!((list.query.join(" ").as_str(), list.limit, args.json), ("web -state:stopped tag:a", Some(5), true));
        let args = Args::parse_from(["nepho", "list", "--json", "--", "-state:stopped"]);
        let Command::List(list) = args.command else { panic!("not a list") };
        assert_eq!((list.query.join(" ").as_str(), args.json), ("-state:stopped", true));
    }

    #[test]
    fn negated_terms_of_a_query_are_no_options() {
        let parse = |words: &[&str]| Args::try_parse_from(super::words(words.iter().map(Into::into)));
        let args = parse(&["nepho", "--json", "list", "-is:stale", "web", "-v", "-tag:a=b", "--", "-x"]).unwrap();
        let Command::List(list) = args.command else { panic!("not a list") };
        assert_eq!(list.query.join(" "), "web -is:stale -tag:a=b -x");
        assert!(args.json && args.verbose);
        assert!(parse(&["nepho", "list", "-x"]).is_err(), "it may be an option that was mistyped");
        assert!(parse(&["nepho", "stop", "-is:stale"]).is_err(), "targets are no query");
    }
}
