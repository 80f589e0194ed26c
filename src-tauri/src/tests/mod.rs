//! What the window may and may not do, held against the files that say so.

mod access;
mod config;
