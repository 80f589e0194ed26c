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
    /// What the row does not say.
    pub facts: Facts,
    /// The provider's own description, with every member that was sent; `null` when none is kept.
    pub document: Option<serde_json::Value>,
    /// When the description was read; `null` when that is not known.
    pub document_as_of: Option<String>,
    /// Whether it is the whole one; `null` when none is kept. A listing may show only a part.
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
