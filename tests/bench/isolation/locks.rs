//! Several accounts of which all but one are locked by another process: the time of their sync, and
//! the time of one lock's wait.

use std::fs::File;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{
    Numbers,
    lab::{self, Lab},
    millis,
};

pub fn measure(numbers: &Numbers) -> Result<Value> {
    let clouds = lab::clouds(numbers.get("--accounts", 6), 2, 4)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let lab = Lab::open(clouds).await?;
        lab.sync(&[], true).await?;
        // A lock of another file handle is that of another process.
        let mut held = Vec::new();
        for member in &lab.members[1..] {
            let file = File::options().read(true).write(true).open(lab.lock_file(&member.id));
            let file = file.context("the account has no lock file")?;
            file.try_lock().context("the account is locked already")?;
            held.push(file);
        }
        let wait = lab.sync(std::slice::from_ref(&lab.members[1].id), false).await?;
        let sync = lab.sync(&[], false).await?;
        let figures = json!({
            "accounts": lab.members.len(),
            "locked": held.len(),
            "one_wait_ms": millis(wait),
            "sync_ms": millis(sync),
        });
        lab.app.shutdown().await;
        Ok(figures)
    })
}
