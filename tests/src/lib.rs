//! Stories over the whole engine, the real window, and invariants.
