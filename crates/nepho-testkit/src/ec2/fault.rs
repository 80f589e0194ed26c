//! Faults of the double, and the rules that apply them.

use std::time::Duration;

use crate::loopback::Break;

/// A fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `UnauthorizedOperation`, 403: the credentials lack the permission.
    Denied,
    /// `AuthFailure`, 401: the account has not opted into the region.
    NotOptedIn,
    /// `RequestLimitExceeded`, 503.
    Throttled,
    /// Any error in EC2's form.
    Error {
        /// The HTTP status.
        status: u16,
        /// EC2's code.
        code: String,
        /// EC2's message.
        message: String,
    },
    /// The request is read and never answered.
    Hung,
    /// The connection closes without an answer.
    Closed,
    /// 200 with bytes that are not XML.
    Garbage,
    /// 200 with a page of HTML, as a captive portal answers.
    Html,
    /// The connection closes after this many bytes of the body, whose full length was announced.
    Cut {
        /// The number of bytes that arrive.
        at: usize,
    },
    /// The body is too short, and its announced length agrees.
    Short {
        /// The number of bytes.
        at: usize,
    },
    /// The body arrives this many bytes at a time.
    Drip {
        /// The bytes of a piece.
        bytes: usize,
        /// The wait before each piece.
        every: Duration,
    },
    /// This body, with status 200 and `text/xml`.
    Body {
        /// The body.
        bytes: Vec<u8>,
    },
    /// A small gzip body that decompresses to this many MB of XML.
    GzipBomb {
        /// The decompressed size.
        megabytes: usize,
    },
    /// `InternalError`, 500, after this many successful pages of a listing.
    BreaksAfter {
        /// The number of successful pages.
        pages: usize,
    },
    /// Every page names the same next page.
    RepeatsToken,
    /// Every second page is empty, and names a next page.
    EmptyPages,
    /// The action is carried out; the answer then has this fault.
    Executed(Box<Fault>),
}

/// A fault and the requests that it applies to. The first rule that matches decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Only in this region; `None` means every region.
    pub region: Option<String>,
    /// Only for this action, such as `StopInstances`; `None` means every EC2 action except
    /// `DescribeRegions`.
    pub action: Option<String>,
    /// The number of times; `None` means without limit.
    pub times: Option<usize>,
    /// The fault.
    pub fault: Fault,
}

impl Fault {
    /// Returns the part of the fault that breaks the answer in transit, if there is one.
    pub(crate) fn on_the_way(&self) -> Option<Break> {
        Some(match *self {
            Self::Hung => Break::Hung,
            Self::Closed => Break::Closed,
            Self::Cut { at } => Break::Cut { at },
            Self::Short { at } => Break::Short { at },
            Self::Drip { bytes, every } => Break::Drip { bytes, every },
            _ => return None,
        })
    }
}

impl FaultRule {
    pub(crate) fn fits(&self, service: &str, region: &str, action: &str) -> bool {
        let here = self.region.as_deref().is_none_or(|wanted| wanted == region);
        let this = match self.action.as_deref() {
            Some(wanted) => wanted == action,
            None => service == "ec2" && action != "DescribeRegions",
        };
        here && this && self.times != Some(0)
    }
}
