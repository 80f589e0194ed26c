//! What can be made to go wrong, and where.

use std::time::Duration;

use crate::loopback::Break;

/// A way for a request to go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `UnauthorizedOperation`, 403: the credentials may not do this here.
    Denied,
    /// `AuthFailure`, 401: what a region says that the account has not opted into.
    NotOptedIn,
    /// `RequestLimitExceeded`, 503.
    Throttled,
    /// Any error in EC2's form.
    Error {
        /// The HTTP status.
        status: u16,
        /// EC2's code.
        code: String,
        /// EC2's words.
        message: String,
    },
    /// The request is read and never answered.
    Hung,
    /// The connection is closed without an answer.
    Closed,
    /// 200 with bytes that are no XML.
    Garbage,
    /// 200 with a page of HTML, as a captive portal answers.
    Html,
    /// The answer breaks off: its length is announced, and the connection closed, after this many
    /// bytes of the body.
    Cut {
        /// How many bytes arrive.
        at: usize,
    },
    /// The answer is too short, and its announced length agrees.
    Short {
        /// How many bytes there are.
        at: usize,
    },
    /// The answer comes this many bytes at a time.
    Drip {
        /// Bytes in a piece.
        bytes: usize,
        /// The wait before each piece.
        every: Duration,
    },
    /// The answer's body is this, with status 200 and `text/xml`.
    Body {
        /// The body.
        bytes: Vec<u8>,
    },
    /// A small gzip body that unpacks to this many MB of XML.
    GzipBomb {
        /// Its unpacked size.
        megabytes: usize,
    },
    /// After this many good pages of a listing: `InternalError`, 500.
    BreaksAfter {
        /// Good pages.
        pages: usize,
    },
    /// Every page names the same next one.
    RepeatsToken,
    /// Every other page is empty, and names a next one.
    EmptyPages,
    /// The action is carried out; the answer then goes wrong like this.
    Executed(Box<Fault>),
}

/// A fault and where it happens. The first rule that fits decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Only in this region; `None` is everywhere.
    pub region: Option<String>,
    /// Only for this action, such as `StopInstances`; `None` is every EC2 action but `DescribeRegions`.
    pub action: Option<String>,
    /// How many times; `None` is for ever.
    pub times: Option<usize>,
    /// What goes wrong.
    pub fault: Fault,
}

impl Fault {
    /// What of it happens to the answer on its way, if it is a fault of that sort.
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
