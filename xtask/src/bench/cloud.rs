//! What differs between the clouds: the server, the clients that Nephoscope is compared with, and
//! how an account is added.

use clap::ValueEnum;

use super::load::Load;

/// Which clouds are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Amazon EC2.
    Aws,
    /// Google Compute Engine.
    Gcp,
    /// One after the other.
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

/// A client to be compared with, and the arguments of `bench_floor` around port and file.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// Its name in the figures.
    pub name: &'static str,
    /// Before the port.
    pub api: &'static str,
    /// After the file.
    pub way: Option<&'static str>,
}

impl Which {
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

    /// What its scopes are called.
    pub fn scopes(self) -> &'static str {
        match self {
            Self::Aws => "regions",
            Self::Gcp => "zones",
        }
    }

    /// How many of them the load has.
    pub fn scope_count(self, load: &Load) -> u64 {
        match self {
            Self::Aws => load.regions,
            Self::Gcp => load.zones,
        }
    }

    /// The program that stands in for it.
    pub fn server(self) -> &'static str {
        match self {
            Self::Aws => "ec2_double",
            Self::Gcp => "gce_pages",
        }
    }

    /// The first is the floor: the least work of a client that lists like Nephoscope, in whole
    /// documents and without compression. The others are there for what their names say: how much
    /// a mask of fields saves, and what one chain of pages over all zones costs.
    pub fn references(self) -> &'static [Reference] {
        match self {
            Self::Aws => &[Reference { name: "floor", api: "ec2", way: None }],
            Self::Gcp => &[
                Reference { name: "floor", api: "gce", way: Some("zones") },
                Reference { name: "masked", api: "gce", way: Some("masked") },
                Reference { name: "chain", api: "gce", way: Some("chain") },
            ],
        }
    }

    /// The arguments of `nepho accounts add` behind the name, without the endpoint.
    pub fn account(self) -> &'static [&'static str] {
        match self {
            Self::Aws => &["aws", "--env"],
            // The project that the server has.
            Self::Gcp => &["gcp", "--project", "proj-0", "--access-token-env", "BENCH_TOKEN"],
        }
    }

    /// The credentials that the account is bound to. Any will do.
    pub fn credentials(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Aws => &[("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "bench")],
            Self::Gcp => &[("BENCH_TOKEN", "bench")],
        }
    }
}
