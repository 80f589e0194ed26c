//! The grammar of `nepho accounts`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use nepho_core::{Access, Region};

#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Add an account; it is verified first
    #[command(subcommand)]
    Add(Add),
    /// List accounts and the age of their data
    List,
    /// Remove an account, its cached rows and its secret
    Remove {
        /// The account
        name: String,
    },
    /// List the projects that some credentials can see; nothing is stored
    #[command(subcommand)]
    Projects(ProjectsOf),
    /// Show the identity these credentials resolve to, and which actions are denied
    Verify {
        /// The account
        name: String,
    },
    /// Change an account
    Set(Set),
}

#[derive(Debug, Subcommand)]
pub enum Add {
    /// An AWS account
    Aws(AddAws),
    /// A Google Cloud project, or several of one sign-in
    Gcp(AddGcp),
}

#[derive(Debug, Subcommand)]
pub enum ProjectsOf {
    /// Projects of Google Cloud
    Gcp(GcpProjects),
}

#[derive(Debug, ClapArgs)]
pub struct GcpProjects {
    #[command(flatten)]
    pub source: GcpSource,
    /// Custom endpoint; naming it here approves it
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
}

/// The source of Google credentials; exactly one.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct GcpSource {
    /// Use this machine's application default credentials, read at each run
    #[arg(long)]
    pub adc: bool,
    /// A service account's key file; its key goes to the OS keyring, and the file is not kept
    #[arg(long, value_name = "FILE")]
    pub service_account_file: Option<PathBuf>,
    /// Environment variable with an access token, read at each run; nothing is stored
    #[arg(long, value_name = "VARIABLE")]
    pub access_token_env: Option<String>,
}

/// Options of every new account, in any cloud.
#[derive(Debug, ClapArgs)]
pub struct Terms {
    /// Custom endpoint; naming it here approves it
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Allow actions; accounts are read-only otherwise
    #[arg(long)]
    pub read_write: bool,
    /// Mark as production: actions are confirmed by typing
    #[arg(long)]
    pub prod: bool,
}

impl Terms {
    /// The access that the options ask for.
    pub const fn access(&self) -> Access {
        if self.read_write { Access::ReadWrite } else { Access::ReadOnly }
    }
}

/// Parses the names of regions.
pub fn regions(named: &[String]) -> Vec<Region> {
    named.iter().map(|region| Region::new(region.as_str())).collect()
}

#[derive(Debug, ClapArgs)]
pub struct AddGcp {
    /// Your name for it; several projects are named after their ids
    #[arg(long)]
    pub name: Option<String>,
    /// The project's id; several may be given, each becomes an account
    #[arg(long = "project", value_name = "ID", value_delimiter = ',', required = true)]
    pub projects: Vec<String>,
    #[command(flatten)]
    pub source: GcpSource,
    /// Only these regions
    #[arg(long, value_delimiter = ',')]
    pub regions: Vec<String>,
    #[command(flatten)]
    pub terms: Terms,
    /// Store it without verifying it; one project only
    #[arg(long)]
    pub no_verify: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["profile", "env", "access_key_id"]))]
pub struct AddAws {
    /// Your name for it
    #[arg(long)]
    pub name: String,
    /// Use a profile of the AWS configuration files
    #[arg(long)]
    pub profile: Option<String>,
    /// Use the AWS_* variables, read at each run; nothing is stored
    #[arg(long)]
    pub env: bool,
    /// An access key id; the secret key is read from stdin and both go to the OS keyring
    #[arg(long, value_name = "ID", requires = "secret_stdin")]
    pub access_key_id: Option<String>,
    /// Read the secret access key (and on a second line the session token, if any) from stdin
    #[arg(long, requires = "access_key_id")]
    pub secret_stdin: bool,
    /// Only these regions; the first is the home region
    #[arg(long, value_delimiter = ',')]
    pub regions: Vec<String>,
    #[command(flatten)]
    pub terms: Terms,
    /// Store it without verifying it
    #[arg(long)]
    pub no_verify: bool,
}

#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true)
    .args(["read_only", "read_write", "prod", "no_prod", "regions", "all_regions", "rename"]))]
pub struct Set {
    /// The account
    pub name: String,
    /// Allow only reads
    #[arg(long, conflicts_with = "read_write")]
    pub read_only: bool,
    /// Allow actions
    #[arg(long)]
    pub read_write: bool,
    /// Mark as production
    #[arg(long, conflicts_with = "no_prod")]
    pub prod: bool,
    /// Remove the production mark
    #[arg(long)]
    pub no_prod: bool,
    /// Only these regions
    #[arg(long, value_delimiter = ',', conflicts_with = "all_regions")]
    pub regions: Option<Vec<String>>,
    /// All regions that are enabled
    #[arg(long)]
    pub all_regions: bool,
    /// A new name
    #[arg(long)]
    pub rename: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Args;

    #[test]
    fn a_secret_is_never_an_argument() {
        let without = ["nepho", "accounts", "add", "aws", "--name", "lab", "--access-key-id", "AKIA"];
        assert!(Args::try_parse_from(without).is_err());
        assert!(Args::try_parse_from(without.into_iter().chain(["--secret-stdin"])).is_ok());
    }

    #[test]
    fn an_account_has_exactly_one_source() {
        let add = |rest: &[&str]| {
            Args::try_parse_from(["nepho", "accounts", "add", "aws", "--name", "lab"].iter().chain(rest)).is_ok()
        };
        assert!(add(&["--env"]) && add(&["--profile", "p"]));
        assert!(!add(&[]) && !add(&["--env", "--profile", "p"]));
    }

    #[test]
    fn a_google_project_has_exactly_one_source_and_at_least_one_id() {
        let add = |rest: &[&str]| Args::try_parse_from(["nepho", "accounts", "add", "gcp"].iter().chain(rest)).is_ok();
        assert!(add(&["--name", "lab", "--project", "proj-0", "--access-token-env", "TOKEN"]));
        assert!(add(&["--project", "proj-0,proj-1", "--project", "proj-2", "--adc"]));
        assert!(add(&["--project", "proj-0", "--service-account-file", "key.json"]));
        assert!(!add(&["--project", "proj-0"]), "no source");
        assert!(!add(&["--project", "proj-0", "--adc", "--access-token-env", "TOKEN"]), "two sources");
        assert!(!add(&["--adc"]), "no project");
    }
}
