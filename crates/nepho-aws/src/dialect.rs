//! What AWS says without credentials: capabilities, console links, `aws` commands, documents.

use nepho_core::{Account, Action, Capabilities, Dialect, Document, Kind, Resource, dialect::DocumentError};

/// AWS's dialect.
pub static DIALECT: AwsDialect = AwsDialect;

/// The pure half of the AWS provider.
#[derive(Clone, Copy, Debug)]
pub struct AwsDialect;

impl Dialect for AwsDialect {
    fn capabilities(&self, _kind: Kind) -> Option<&'static Capabilities> {
        None
    }

    fn console_url(&self, _resource: &Resource) -> Option<String> {
        None
    }

    fn command(&self, _account: &Account, _action: Action, _resources: &[Resource]) -> Option<String> {
        None
    }

    fn document_json(&self, _document: &Document) -> Result<String, DocumentError> {
        Ok(String::new())
    }
}
