//! The window's permissions, compared with the files that grant them.

mod access;
mod config;
