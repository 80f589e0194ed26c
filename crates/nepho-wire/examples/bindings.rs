//! Writes the TypeScript bindings; `cargo xtask bindings` runs it, so that no SDK is built for it.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/ipc/generated");
    nepho_wire::bindings::write(&dir)
}
