//! Completeness of a measured sync: the server and the database must have counted the full load.

use anyhow::{Result, bail};

use super::{cloud::Cloud, count::Counted, double::Served, load::Load};

/// Fails unless the server and the database both counted all rows and all regions or zones.
pub fn complete(load: &Load, cloud: Cloud, client: &str, served: &Served, counted: &Counted) -> Result<()> {
    let scopes = load.scopes(cloud);
    let seen = [
        ("rows", "database", counted.rows, load.instances),
        (cloud.scopes(), "database", counted.scopes, scopes),
        (cloud.scopes(), "server", served.scopes, scopes),
    ];
    for (what, counter, got, expected) in seen {
        if got != expected {
            bail!("incomplete sync: the {counter} counted {got} of {expected} {what} for {client}");
        }
    }
    // A client that splits a region, or that looks before it lists by zones, may receive a row twice,
    // never less than once.
    if served.rows < load.instances {
        bail!("incomplete sync: the server sent {} of {} rows to {client}", served.rows, load.instances);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::cloud::Selection, *};

    fn load() -> Load {
        Load {
            cloud: Selection::All,
            instances: 10,
            regions: 2,
            zones: 3,
            rtt_ms: 1,
            per_instance_us: 1,
            handshake_rtts: 0,
            runs: 1,
            binaries: None,
        }
    }

    #[test]
    fn complete_sync_passes_and_incomplete_names_the_missing() {
        for (cloud, scopes, what) in [(Cloud::Aws, 2, "of 2 regions"), (Cloud::Gcp, 3, "of 3 zones")] {
            let served = Served { rows: 10, scopes, ..Served::default() };
            let counted = Counted { rows: 10, scopes, generation: 0 };
            complete(&load(), cloud, "x", &served, &counted).unwrap();
            complete(&load(), cloud, "x", &Served { rows: 12, ..served.clone() }, &counted).unwrap();
            let short = [
                (Served { rows: 9, ..served.clone() }, counted, "the server sent 9 of 10 rows".to_owned()),
                (Served { scopes: 1, ..served.clone() }, counted, format!("the server counted 1 {what}")),
                (served.clone(), Counted { rows: 9, ..counted }, "the database counted 9 of 10 rows".to_owned()),
                (served.clone(), Counted { rows: 11, ..counted }, "the database counted 11 of 10 rows".to_owned()),
                (served, Counted { scopes: 1, ..counted }, format!("the database counted 1 {what}")),
            ];
            for (served, counted, words) in short {
                let error = complete(&load(), cloud, "x", &served, &counted).unwrap_err().to_string();
                assert!(error.contains(&words), "{error}");
            }
        }
    }
}
