//! Stories over the whole engine, the real window, and invariants. Everything is in the test binary
//! `stories`; this library is empty.
