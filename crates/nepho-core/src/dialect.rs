//! What a provider says without credentials or a network: a locked keyring still shows it.

use std::fmt;

use thiserror::Error;

use crate::{Account, Capabilities, Document, Kind, Resource, provider::Order};

/// A document whose bytes cannot be read as its format says.
#[derive(Debug, Error)]
#[error("the document is not readable: {reason}")]
pub struct DocumentError {
    /// What is wrong with it.
    pub reason: String,
}

/// The pure half of a provider: tables, texts and links.
pub trait Dialect: Send + Sync + fmt::Debug {
    /// What can be done with `kind`, if the provider has it.
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities>;

    /// The page of the cloud's console that shows `resource`; an `https` URL.
    fn console_url(&self, resource: &Resource) -> Option<String>;

    /// The cloud's own command line for `order` on `resources` of one region, for copying.
    fn command(&self, account: &Account, order: Order, resources: &[Resource]) -> Option<String>;

    /// The document as pretty-printed JSON, with every member that the provider sent.
    fn document_json(&self, document: &Document) -> Result<String, DocumentError>;
}
