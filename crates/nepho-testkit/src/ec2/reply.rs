//! Answers in the clouds' XML.

use crate::loopback::Reply;

/// The namespace of EC2's answers.
const EC2: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";
/// The namespace of STS's answers.
const STS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

impl Reply {
    fn xml(status: u16, body: String) -> Self {
        Self::new(status, "text/xml;charset=UTF-8", body)
    }

    /// A successful answer of EC2.
    pub(crate) fn ec2(action: &str, inner: &str) -> Self {
        Self::xml(200, format!("{}{inner}{}", open_ec2(action), close_ec2(action)))
    }

    /// An error of EC2.
    pub(crate) fn ec2_error(status: u16, code: &str, message: &str) -> Self {
        let message = super::machine::escaped(message);
        Self::xml(
            status,
            format!(
                "{DECLARATION}<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>0a1b2c3d-double</RequestID></Response>"
            ),
        )
    }

    /// An error of STS.
    pub(crate) fn sts_error(status: u16, code: &str, message: &str) -> Self {
        Self::xml(
            status,
            format!(
                "<ErrorResponse xmlns=\"{STS}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>0a1b2c3d-double</RequestId></ErrorResponse>"
            ),
        )
    }

    /// The answer to `GetCallerIdentity`.
    pub(crate) fn caller(account: &str) -> Self {
        Self::xml(
            200,
            format!(
                "<GetCallerIdentityResponse xmlns=\"{STS}\"><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/ops</Arn><UserId>AIDAEXAMPLEEXAMPLE123</UserId><Account>{account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>0a1b2c3d-double</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
            ),
        )
    }
}

/// The start of an answer of EC2 to `action`.
pub(crate) fn open_ec2(action: &str) -> String {
    format!("{DECLARATION}<{action}Response xmlns=\"{EC2}\"><requestId>0a1b2c3d-double</requestId>")
}

/// The end of an answer of EC2 to `action`.
pub(crate) fn close_ec2(action: &str) -> String {
    format!("</{action}Response>")
}
