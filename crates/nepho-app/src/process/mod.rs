//! The process among others: the data directory, the locks between processes, the background tasks.

pub mod background;
pub mod directory;
pub mod locks;
