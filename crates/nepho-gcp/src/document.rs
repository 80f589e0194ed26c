//! Conversion of a document into JSON, with every member that Google sent.

use nepho_core::{Document, DocumentFormat, descriptor::DocumentError};
use serde_json::Value;

/// The document as pretty-printed JSON.
pub(crate) fn json(document: &Document) -> Result<String, DocumentError> {
    if document.format != DocumentFormat::Json {
        return Err(DocumentError { reason: format!("a document of GCP has no format {}", document.format) });
    }
    let unreadable = |error: serde_json::Error| DocumentError { reason: error.to_string() };
    let value: Value = serde_json::from_slice(&document.bytes).map_err(unreadable)?;
    if !value.is_object() {
        return Err(DocumentError { reason: "not a JSON object".to_owned() });
    }
    serde_json::to_string_pretty(&value).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn shown(format: DocumentFormat, bytes: &'static str) -> Result<String, DocumentError> {
        json(&Document { format, bytes: Bytes::from_static(bytes.as_bytes()) })
    }

    #[test]
    fn texts_stay_texts_and_nothing_is_lost() {
        let text = r#"{"id":"1234567890123456789","labels":{"a":"true","b":""},"tags":{},"disks":[],"n":0,"x":false}"#;
        let json = shown(DocumentFormat::Json, text).expect("JSON");
        assert!(json.contains("\n  \"id\": \"1234567890123456789\""), "{json}");
        let (sent, shown): (Value, Value) =
            (serde_json::from_str(text).expect("JSON"), serde_json::from_str(&json).expect("JSON"));
        assert_eq!(sent, shown);
    }

    #[test]
    fn unreadable_document_is_an_error() {
        let deep: &'static str = Box::leak("[".repeat(100_000).into_boxed_str());
        for bytes in ["", "{", "[]", "null", "words", deep] {
            assert!(shown(DocumentFormat::Json, bytes).is_err());
        }
        assert!(shown(DocumentFormat::Ec2Xml, "{}").is_err());
    }
}
