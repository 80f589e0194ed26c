//! The nepho command line.
fn main() {}
