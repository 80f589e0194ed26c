//! Inventory rows have one writer: `InventoryWriter` in the engine.
//!
//! Deliberately not here: accounts, settings, the journal and full documents, which other parts
//! write through their own tables.

use super::{
    assert_none,
    checkout::{Source, rust},
};

/// The methods of the store that write rows or scopes of the inventory.
const WRITES: [&str; 4] = [".commit_scope(", ".commit_rows(", ".fail_scopes(", ".retain_scopes("];

/// The one caller, and the store that has the methods.
const MAY_WRITE: [&str; 2] = ["crates/nepho-engine/src/sync/inventory.rs", "crates/nepho-store/"];

/// The engine's writer has two methods of the same names; a call of those goes through it.
const WRITER: &str = "inventory";

fn other_writers(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        if MAY_WRITE.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        // Without white space, as a chain of calls may be broken anywhere.
        let code: String = source.code().flat_map(|(_, line)| line.split_whitespace()).collect();
        for write in WRITES {
            let calls = code.match_indices(write).filter(|(at, _)| !code[..*at].ends_with(WRITER));
            problems.extend(calls.map(|_| format!("{} calls {write}", source.path)));
        }
    }
    problems
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
