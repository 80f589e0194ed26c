//! Tasks: run, test, lint, bench, bindings.
fn main() {}
