//! The built-in demo cloud.
