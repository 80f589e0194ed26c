//! Inventory rows have one writer: `InventoryWriter` in the engine.
//!
//! Deliberately not here: accounts, settings, the journal and full documents, which other parts
//! write through their own tables.

use super::{
    assert_none,
    checkout::{Source, rust},
};

/// The methods of the store that write rows or scopes of the inventory.
const WRITES: [&str; 4] = [".commit_scope(", ".commit_rows(", ".fail_scope(", ".retain_scopes("];

/// The one caller, and the store that has the methods.
const MAY_WRITE: [&str; 2] = ["crates/nepho-engine/src/sync/inventory.rs", "crates/nepho-store/"];

/// The engine forwards these two of its own under the same name.
const FORWARDS: [&str; 2] = ["inventory.commit_rows(", "inventory.retain_scopes("];

fn other_writers(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.is_test() && !MAY_WRITE.iter().any(|place| source.path.starts_with(place)))
        .flat_map(|source| {
            let writes = source.code().filter(|(_, line)| {
                WRITES.iter().any(|write| line.contains(write)) && !FORWARDS.iter().any(|own| line.contains(own))
            });
            writes.map(|(at, line)| format!("{}:{at} {}", source.path, line.trim())).collect::<Vec<_>>()
        })
        .collect()
}

// Invariant 13
#[test]
fn inventory_rows_have_one_writer() {
    assert_none("only `InventoryWriter` writes inventory rows", &other_writers(&rust()));
}

#[test]
fn control_a_second_writer_is_found() {
    let text = "store.commit_scope(commit).await?;\nself.0.inventory.commit_rows(id).await?;\nself.store().retain_scopes(id, &[])?;\n";
    assert_eq!(other_writers(&[Source::sample("crates/nepho-app/src/a.rs", text)]).len(), 2);
    assert!(other_writers(&[Source::sample(MAY_WRITE[0], text)]).is_empty());
}
