//! The documents of `nepho --json`. Members may be added; those here keep their names and meaning.
//!
//! A sync's report is [`crate::sync::SyncReport`], the same as the window's. Text for people is
//! not here: the command line writes it.

mod action;
mod listing;
mod records;
mod status;

pub use action::{ActionJson, PlanRow, ResultRow};
pub use listing::ShowJson;
pub use records::{JournalRow, VerifyJson, VerifyStatus};
pub use status::{
    AccountJson, AccountScope, AddedJson, Denied, DoctorJson, DoctorRow, FailedProjectJson, IdentityJson,
};

pub use crate::{
    row::ListRow,
    sync::{ScopeReport, SyncReport as SyncJson},
};
