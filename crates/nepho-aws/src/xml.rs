//! Parser of EC2's XML, in one pass over the received bytes.
//!
//! A thin layer over quick-xml: callbacks visit elements, and texts are borrowed where possible. A
//! document type and entities beyond XML's five, which EC2 never sends, are errors, so no entity is
//! ever expanded. Unknown elements are skipped without recursion, at any depth.

use std::borrow::Cow;

use quick_xml::{Reader, events::Event};
use thiserror::Error;

/// Error of an unreadable reply.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ReplyError {
    /// Not UTF-8.
    #[error("the reply is not UTF-8")]
    Encoding,
    /// Not well-formed XML.
    #[error("the reply is not XML: {reason}")]
    NotXml {
        /// The parser's message.
        reason: String,
    },
    /// The reply ends early.
    #[error("the reply is cut off")]
    Truncated,
    /// The reply declares a document type, or uses an entity that XML does not define.
    #[error("the reply has a document type or unknown entities")]
    Entities,
    /// Well-formed, but another document.
    #[error("the reply is {found:?}, not {expected}")]
    WrongRoot {
        /// The element that was expected.
        expected: &'static str,
        /// The element that was found.
        found: String,
    },
    /// A required element is missing.
    #[error("the reply has no {element}")]
    Missing {
        /// The element.
        element: &'static str,
    },
    /// EC2 sent `<return>false</return>`, or listed errors in a success.
    #[error("the reply reports a failure: {code}")]
    Failed {
        /// EC2's code; empty if there is none.
        code: String,
    },
    /// Nested deeper than any reply of EC2.
    #[error("the reply is nested too deeply")]
    TooDeep,
    /// The same page token again, so that the listing would never end.
    #[error("the listing repeats a page token")]
    Loop,
}

impl From<quick_xml::Error> for ReplyError {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Syntax(_) | quick_xml::Error::IllFormed(_) => {
                Self::NotXml { reason: error.to_string().chars().take(120).collect() }
            }
            _ => Self::NotXml { reason: "malformed".to_owned() },
        }
    }
}

/// Position in a reply.
pub(crate) struct Cursor<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ReplyError> {
        Ok(Self::of(std::str::from_utf8(bytes).map_err(|_| ReplyError::Encoding)?))
    }

    /// A cursor at the start of `source`.
    pub fn of(source: &'a str) -> Self {
        let mut reader = Reader::from_str(source);
        reader.config_mut().expand_empty_elements = true;
        Self { source, reader }
    }

    /// The complete text.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The number of bytes read so far.
    pub fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Enters the document's root element, which must be `expected`.
    pub fn root(&mut self, expected: &'static str) -> Result<(), ReplyError> {
        match self.next_root()? {
            Some(found) if found == expected => Ok(()),
            found => {
                Err(ReplyError::WrongRoot { expected, found: found.unwrap_or_default().chars().take(40).collect() })
            }
        }
    }

    /// Enters the next top-level element, and returns its name; `None` at the end.
    pub fn next_root(&mut self) -> Result<Option<String>, ReplyError> {
        loop {
            match self.reader.read_event()? {
                Event::Start(start) => return Ok(Some(start.name().into_inner().to_owned())),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Visits each child element of the current one, to its end. `visit` gets the child's name and
    /// the position of its `<`, and must consume the child.
    pub fn children(
        &mut self,
        mut visit: impl FnMut(&mut Self, &str, usize) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        loop {
            let at = self.position();
            match self.reader.read_event()? {
                Event::Start(start) => visit(self, start.name().into_inner(), at)?,
                Event::End(_) => return Ok(()),
                Event::DocType(_) => return Err(ReplyError::Entities),
                Event::Eof => return Err(ReplyError::Truncated),
                _ => {}
            }
        }
    }

    /// Visits each `<item>` of the current element; other children are skipped.
    pub fn items(
        &mut self,
        mut visit: impl FnMut(&mut Self, usize) -> Result<(), ReplyError>,
    ) -> Result<(), ReplyError> {
        self.children(|cursor, name, at| if name == "item" { visit(cursor, at) } else { cursor.skip() })
    }

    /// Reads the current element's text to its end, and skips elements within.
    pub fn text(&mut self) -> Result<Cow<'a, str>, ReplyError> {
        let mut text = Cow::Borrowed("");
        loop {
            let piece = match self.reader.read_event()? {
                Event::Start(_) => {
                    self.skip()?;
                    continue;
                }
                Event::End(_) => return Ok(text),
                Event::Eof => return Err(ReplyError::Truncated),
                event => piece(event)?,
            };
            if text.is_empty() {
                text = piece;
            } else {
                text.to_mut().push_str(&piece);
            }
        }
    }

    /// Reads the current element to its end: visits each child, and returns the text, which is empty
    /// if there are children.
    pub fn content(
        &mut self,
        mut visit: impl FnMut(&mut Self, &str) -> Result<(), ReplyError>,
    ) -> Result<String, ReplyError> {
        let mut text = String::new();
        let mut children = false;
        loop {
            match self.reader.read_event()? {
                Event::Start(start) => {
                    children = true;
                    visit(self, start.name().into_inner())?;
                }
                Event::End(_) if children => return Ok(String::new()),
                Event::End(_) => return Ok(text),
                Event::Eof => return Err(ReplyError::Truncated),
                event => text.push_str(&piece(event)?),
            }
        }
    }

    /// Reads the current element's text like [`Self::text`], owned.
    pub fn string(&mut self) -> Result<String, ReplyError> {
        self.text().map(Cow::into_owned)
    }

    /// Skips the current element to its end.
    pub fn skip(&mut self) -> Result<(), ReplyError> {
        let mut depth = 0_usize;
        loop {
            match self.reader.read_event()? {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => depth -= 1,
                Event::DocType(_) => return Err(ReplyError::Entities),
                Event::Eof => return Err(ReplyError::Truncated),
                _ => {}
            }
        }
    }
}

/// The text of an event that is no element.
fn piece(event: Event<'_>) -> Result<Cow<'_, str>, ReplyError> {
    Ok(match event {
        Event::Text(piece) => piece.into_inner(),
        Event::CData(piece) => piece.into_inner(),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(character)) => Cow::Owned(character.to_string()),
            Ok(None) => Cow::Borrowed(entity(&reference.into_inner())?),
            Err(_) => return Err(ReplyError::Entities),
        },
        Event::DocType(_) => return Err(ReplyError::Entities),
        _ => Cow::Borrowed(""),
    })
}

fn entity(name: &str) -> Result<&'static str, ReplyError> {
    Ok(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(ReplyError::Entities),
    })
}
