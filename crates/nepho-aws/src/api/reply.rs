//! Replies of `DescribeInstances`: instances, documents, and the token of the next page.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use memchr::memmem;
use nepho_core::{Document, DocumentFormat, Realm, Region, provider::ListedResource};

use super::instances::Instance;
use crate::{
    convert,
    xml::{Cursor, ReplyError},
};

/// Page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The instances, in EC2's order.
    pub instances: Vec<ListedResource>,
    /// The token of the next page; `None` on the last page.
    pub next: Option<String>,
}

/// Reads a page.
pub(crate) fn page(body: &Bytes, realm: &Realm, region: &Region) -> Result<Page, ReplyError> {
    let mut cursor = Cursor::new(body)?;
    let mut page = Page::default();
    let mut reservations = false;
    // An error reply that came with HTTP 200.
    let root = cursor.next_root()?.unwrap_or_default();
    if matches!(root.as_str(), "Response" | "ErrorResponse") {
        return Err(ReplyError::Failed { code: error_code(&mut cursor)? });
    }
    if root != "DescribeInstancesResponse" {
        return Err(ReplyError::WrongRoot {
            expected: "DescribeInstancesResponse",
            found: root.chars().take(40).collect(),
        });
    }
    cursor.children(|cursor, name, _| match name {
        "reservationSet" => {
            reservations = true;
            cursor.items(|cursor, _| reservation(cursor, realm, region, &mut page.instances))
        }
        "nextToken" => {
            page.next = Some(cursor.string()?).filter(|token| !token.is_empty());
            Ok(())
        }
        "Errors" => Err(ReplyError::Failed { code: error_code(cursor)? }),
        _ => cursor.skip(),
    })?;
    // A reply without this element is damaged; one without instances has it, empty.
    if !reservations {
        return Err(ReplyError::Missing { element: "reservationSet" });
    }
    if cursor.next_root()?.is_some() {
        return Err(ReplyError::NotXml { reason: "more than one root element".to_owned() });
    }
    Ok(page)
}

/// Finds the token of the next page without parsing the page, so that the next request can be sent
/// first. The result is a hint: the parsed page decides. A text cannot contain `<`, so the last tag of
/// that name is the token's.
pub(crate) fn next_token(body: &[u8]) -> Option<String> {
    const OPEN: &[u8] = b"<nextToken>";
    let start = memmem::rfind(body, OPEN)? + OPEN.len();
    let rest = &body[start..];
    let token = std::str::from_utf8(&rest[..memchr::memchr(b'<', rest)?]).ok()?;
    // EC2's tokens are base64. A token with an entity is left to the parser.
    (!token.is_empty() && !token.contains('&')).then(|| token.to_owned())
}

/// The first error code within the current element.
fn error_code(cursor: &mut Cursor<'_>) -> Result<String, ReplyError> {
    let mut code = String::new();
    cursor.children(|cursor, name, _| match name {
        "Code" => {
            code = cursor.string()?;
            Ok(())
        }
        "Errors" | "Error" => {
            let inner = error_code(cursor)?;
            if code.is_empty() {
                code = inner;
            }
            Ok(())
        }
        _ => cursor.skip(),
    })?;
    Ok(code.chars().take(60).collect())
}

/// Reads one reservation.
///
/// Each instance gets its own document: the instance's `<item>`, byte for byte, followed by the other
/// members of the reservation (`reservationId`, `ownerId`, `requesterId`, `groupSet`), byte for byte
/// too, so that the document has everything that EC2 sent.
fn reservation(
    cursor: &mut Cursor<'_>,
    realm: &Realm,
    region: &Region,
    into: &mut Vec<ListedResource>,
) -> Result<(), ReplyError> {
    let source = cursor.source();
    let mut found: Vec<(nepho_core::Resource, Range<usize>)> = Vec::with_capacity(1);
    let mut others: Vec<Range<usize>> = Vec::with_capacity(4);
    cursor.children(|cursor, name, at| {
        if name == "instancesSet" {
            return cursor.items(|cursor, at| {
                let instance = Instance::read(cursor)?;
                found.push((convert::resource(&instance, realm, region), at..cursor.position()));
                Ok(())
            });
        }
        cursor.skip()?;
        others.push(at..cursor.position());
        Ok(())
    })?;
    into.extend(
        found
            .into_iter()
            .map(|(resource, item)| ListedResource { resource, document: document(source, item, &others) }),
    );
    Ok(())
}

fn document(source: &str, item: Range<usize>, others: &[Range<usize>]) -> Document {
    let length = item.len() + others.iter().map(Range::len).sum::<usize>();
    let mut bytes = BytesMut::with_capacity(length);
    bytes.extend_from_slice(&source.as_bytes()[item]);
    for other in others {
        bytes.extend_from_slice(&source.as_bytes()[other.clone()]);
    }
    Document { format: DocumentFormat::Ec2Xml, bytes: bytes.freeze() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = include_str!("../../tests/fixtures/every_member.xml");

    fn read(text: &str) -> Result<Page, ReplyError> {
        page(&Bytes::copy_from_slice(text.as_bytes()), &Realm::new("1"), &Region::new("eu-west-1"))
    }

    fn with(instances: &str) -> String {
        format!(
            "<DescribeInstancesResponse><reservationSet><item><instancesSet>{instances}</instancesSet></item>\
             </reservationSet></DescribeInstancesResponse>"
        )
    }

    #[test]
    fn document_is_the_item_and_the_rest_of_its_reservation() {
        let text = "<DescribeInstancesResponse>\n <reservationSet>\n  <item>\n   <reservationId>r-1</reservationId>\n   \
                    <instancesSet>\n    <item><instanceId>i-1</instanceId>\n <new>\u{e9} &amp; x</new></item>\n    \
                    <item><instanceId>i-2</instanceId></item>\n   </instancesSet>\n   <requesterId/>\n  </item>\n \
                    </reservationSet>\n</DescribeInstancesResponse>";
        let documents: Vec<_> =
            read(text).expect("a page").instances.into_iter().map(|one| one.document.bytes).collect();
        let rest = "<reservationId>r-1</reservationId><requesterId/>";
        assert_eq!(
            documents,
            [
                format!("<item><instanceId>i-1</instanceId>\n <new>\u{e9} &amp; x</new></item>{rest}"),
                format!("<item><instanceId>i-2</instanceId></item>{rest}"),
            ]
        );
    }

    #[test]
    fn reply_cut_anywhere_is_an_error() {
        let text = FULL.trim_end();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)).step_by(97).chain([text.len() - 1]) {
            assert!(read(&text[..end]).is_err(), "cut at {end}");
        }
        assert_eq!(read(text).expect("a page").instances.len(), 1);
    }

    #[test]
    fn reply_that_ec2_never_sends_is_an_error() {
        let instance = |inner: &str| with(&format!("<item><instanceId>i-1</instanceId>{inner}</item>"));
        for text in [
            String::new(),
            "plain words".to_owned(),
            "<html><body>Sign in<br></body></html>".to_owned(),
            "<DescribeInstancesResponse/>".to_owned(),
            with("<item><imageId>ami</imageId></item>"),
            instance("<keyName>&unknown;</keyName>"),
            instance("<keyName>&#xD800;</keyName>"),
            instance("<a></b>"),
            format!("{0}{0}", instance("")),
            "<Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>".to_owned(),
            "<DescribeInstancesResponse><reservationSet/><Errors><Error><Code>X</Code></Error></Errors></DescribeInstancesResponse>".to_owned(),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
        assert!(matches!(
            page(&Bytes::from_static(b"<a>\xff</a>"), &Realm::new("1"), &Region::new("r")),
            Err(ReplyError::Encoding)
        ));
    }

    #[test]
    fn depth_and_unknown_members_do_no_harm() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let text = with(&format!("<item>{deep}<instanceId>i-1</instanceId><keyName>x{deep}y</keyName></item>"));
        let page = read(&text).expect("a page");
        assert_eq!(page.instances[0].resource.facts.key_pair.as_deref(), Some("xy"));
        assert!(crate::document::json(&page.instances[0].document).is_err(), "too deep to show");
    }

    #[test]
    fn token_is_found_without_parsing_the_page() {
        assert_eq!(next_token(b"<x/><nextToken>abc=</nextToken></r>").as_deref(), Some("abc="));
        for none in ["<nextToken></nextToken>", "<nextToken/>", "<nextToken>ab", "<nextToken>a&amp;b</nextToken>", ""] {
            assert_eq!(next_token(none.as_bytes()), None, "{none}");
        }
        let read = read(
            "<DescribeInstancesResponse><reservationSet/><nextToken>a&amp;b</nextToken></DescribeInstancesResponse>",
        );
        assert_eq!(read.expect("a page").next.as_deref(), Some("a&b"));
    }
}
