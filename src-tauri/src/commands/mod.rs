//! The commands: each reads the request, calls the application and converts the answer.
//!
//! Their names, requests and replies are the table in `nepho_wire::commands`; a test holds that the
//! table, the handler list and the capability list are the same.

mod accounts;
mod actions;
mod inventory;
mod status;

pub use accounts::*;
pub use actions::*;
pub use inventory::*;
pub use status::*;
