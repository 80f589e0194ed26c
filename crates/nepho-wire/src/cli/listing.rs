//! `nepho show --json`. The row itself is [`ListRow`], which the window's row has in it too.

use nepho_index as index;
use serde::Serialize;

use crate::{
    resource::{Document, Facts},
    row::ListRow,
};

/// One resource: the row of `nepho list`, and what only `nepho show` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShowJson {
    /// The row.
    #[serde(flatten)]
    pub row: ListRow,
    /// Facts that are not in the row.
    pub facts: Facts,
    /// The provider's own description, with every member that was sent; `null` when none is kept.
    pub document: Option<serde_json::Value>,
    /// The time at which the description was read; `null` when that is not known.
    pub document_as_of: Option<String>,
    /// True for the full document, false for the part that a listing shows; `null` when none is kept.
    pub document_whole: Option<bool>,
}

impl ShowJson {
    /// The resource as the index shows it, with its facts and its document.
    pub fn new(view: &index::RowView, document: Option<&Document>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            row: view.into(),
            facts: (&view.resource().facts).into(),
            document: document.map(|document| serde_json::from_str(&document.json)).transpose()?,
            document_as_of: document.and_then(|document| document.as_of.clone()),
            document_whole: document.map(|document| document.whole),
        })
    }
}
