//! One file per table: its SQL, its row conversion, its reads and writes.

pub mod accounts;
pub mod documents;
pub mod facts;
pub mod full_documents;
pub mod journal;
pub mod journal_row;
pub mod resources;
pub mod scopes;
pub mod settings;
