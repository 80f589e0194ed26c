//! The commands: read the request, call the application, shape the answer. Nothing else.
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
