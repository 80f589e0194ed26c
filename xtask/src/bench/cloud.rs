//! Differences between the clouds: the server, the clients that Nephoscope is compared with, and
//! the arguments that add an account.

use clap::ValueEnum;

/// Clouds to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Selection {
    /// Amazon EC2.
    Aws,
    /// Google Compute Engine.
    Gcp,
    /// Both, one after the other.
    All,
}

/// A cloud that a sync is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// Amazon EC2.
    Aws,
    /// Google Compute Engine.
    Gcp,
}

/// A client to compare with, and the arguments of `bench_floor` around port and file.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// Its name in the figures.
    pub name: &'static str,
    /// Argument before the port.
    pub api: &'static str,
    /// Argument after the file: the method of listing.
    pub method: Option<&'static str>,
}

impl Selection {
    /// The clouds, in the order in which they are measured.
    pub fn clouds(self) -> &'static [Cloud] {
        match self {
            Self::Aws => &[Cloud::Aws],
            Self::Gcp => &[Cloud::Gcp],
            Self::All => &[Cloud::Aws, Cloud::Gcp],
        }
    }
}

impl Cloud {
    /// Its name in the figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gcp => "gcp",
        }
    }

    /// The cloud's word for its scopes.
    pub fn scopes(self) -> &'static str {
        match self {
            Self::Aws => "regions",
            Self::Gcp => "zones",
        }
    }

    /// The program that stands in for it.
    pub fn server(self) -> &'static str {
        match self {
            Self::Aws => "ec2_double",
            Self::Gcp => "gce_pages",
        }
    }

    /// The clients to compare with. The first is the floor: the least work of a client that lists like
    /// Nephoscope, in full documents and without compression. `masked` shows the saving of a mask of
    /// fields, `chain` the cost of one chain of pages over all zones.
    pub fn references(self) -> &'static [Reference] {
        match self {
            Self::Aws => &[Reference { name: "floor", api: "ec2", method: None }],
            Self::Gcp => &[
                Reference { name: "floor", api: "gce", method: Some("zones") },
                Reference { name: "masked", api: "gce", method: Some("masked") },
                Reference { name: "chain", api: "gce", method: Some("chain") },
            ],
        }
    }

    /// The arguments of `nepho accounts add` behind the name, without the endpoint.
    pub fn account(self) -> &'static [&'static str] {
        match self {
            Self::Aws => &["aws", "--env"],
            // The server has this project.
            Self::Gcp => &["gcp", "--project", "proj-0", "--access-token-env", "BENCH_TOKEN"],
        }
    }

    /// Environment variables with credentials for the account. The server accepts any value.
    pub fn credentials(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Aws => &[("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "bench")],
            Self::Gcp => &[("BENCH_TOKEN", "bench")],
        }
    }
}
