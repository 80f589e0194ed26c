//! Process level: data directory, locks between processes, background tasks.

pub mod background;
pub mod directory;
pub mod locks;
