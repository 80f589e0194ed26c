//! What went wrong with a call, and what that means to Nephoscope.
//!
//! The only place that knows AWS's error codes. Deliberately not here: the provider's words for a
//! failed sign-in, because AWS quotes the signed request in them, with the session token.

use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use nepho_core::{Failure, FailureCode, ProviderError, ResourceKey};
use thiserror::Error;

use crate::{
    http::{BodyError, ForeignHost},
    xml::ReplyError,
};

/// The longest text of AWS's that is passed on.
const LONGEST_MESSAGE: usize = 400;

/// Why a call failed.
#[derive(Clone, Debug, Error)]
pub(crate) enum AwsError {
    /// AWS answered with an error code.
    #[error("{code}: {message}")]
    Refused {
        /// Such as `ec2:StopInstances`.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// AWS's code.
        code: String,
        /// AWS's words.
        message: String,
        /// The `Retry-After` header.
        retry_after: Option<Duration>,
    },
    /// No answer in time.
    #[error("{operation} timed out")]
    TimedOut {
        /// The operation.
        operation: &'static str,
    },
    /// No connection, or it broke off.
    #[error("{reason}")]
    Unreachable {
        /// What failed.
        reason: String,
    },
    /// An answer that is not what the protocol promises.
    #[error("{reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The credential source gave no credentials.
    #[error("{reason}")]
    Credentials {
        /// Why.
        reason: String,
    },
    /// Held back before it was sent.
    #[error("{reason}")]
    HeldBack {
        /// Why.
        reason: String,
    },
}

impl AwsError {
    /// What `error` of `operation` means.
    pub fn new<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if let Some(credentials) = cause::<CredentialsError>(error) {
            return Self::Credentials { reason: clipped(&chain(credentials)) };
        }
        if let Some(held) = cause::<ForeignHost>(error) {
            return Self::HeldBack { reason: held.to_string() };
        }
        if let Some(body) = cause::<BodyError>(error) {
            return Self::Malformed { reason: body.to_string() };
        }
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut { operation },
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut { operation },
            SdkError::DispatchFailure(failure) => Self::Unreachable {
                reason: failure.as_connector_error().map_or_else(
                    || "no connection".to_owned(),
                    |error| format!("no connection: {}", clipped(&root(error))),
                ),
            },
            SdkError::ServiceError(refusal) => {
                Self::refused(operation, refusal.raw(), refusal.err().code(), refusal.err().message())
            }
            SdkError::ResponseError(failure) => Self::refused(operation, failure.raw(), None, None),
            other => Self::HeldBack { reason: clipped(&chain(other)) },
        }
    }

    fn refused(operation: &'static str, reply: &HttpResponse, code: Option<&str>, message: Option<&str>) -> Self {
        let status = reply.status().as_u16();
        let retry_after =
            reply.headers().get("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        match code {
            Some(code) => Self::Refused {
                operation,
                status,
                code: code.to_owned(),
                message: clipped(plain(message.unwrap_or_default())),
                retry_after,
            },
            None if status == 429 => Self::Refused {
                operation,
                status,
                code: "RequestLimitExceeded".to_owned(),
                message: String::new(),
                retry_after,
            },
            None if status >= 500 => {
                Self::Unreachable { reason: format!("{operation} was answered with HTTP {status}") }
            }
            None if status < 300 => {
                Self::Malformed { reason: format!("{operation} was answered with something that is not its reply") }
            }
            None => Self::Malformed {
                reason: format!("{operation} was answered with HTTP {status} and a body that is not AWS's"),
            },
        }
    }

    /// An unreadable success.
    pub fn reply(operation: &'static str, error: &ReplyError) -> Self {
        Self::Malformed { reason: format!("{operation}: {error}") }
    }

    /// AWS's code, if it answered with one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The error as it concerns one resource.
    pub fn about(self, key: &ResourceKey) -> ProviderError {
        match self.code() {
            Some("InvalidInstanceID.NotFound" | "InvalidInstanceID.Malformed") => {
                ProviderError::NotFound { key: key.clone() }
            }
            _ => self.into(),
        }
    }
}

impl From<AwsError> for ProviderError {
    fn from(error: AwsError) -> Self {
        match error {
            AwsError::Refused { operation, status, code, message, retry_after } => {
                classify(operation, status, code, message, retry_after)
            }
            AwsError::TimedOut { operation } => Self::TimedOut { operation: operation.to_owned() },
            AwsError::Unreachable { reason } => Self::Unavailable { message: reason },
            AwsError::Malformed { reason } => Self::Malformed { message: reason },
            AwsError::Credentials { reason } => Self::Unauthenticated { message: reason },
            AwsError::HeldBack { reason } => Self::not_sent(reason),
        }
    }
}

/// The meaning of a code
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>).
fn classify(
    operation: &'static str,
    status: u16,
    code: String,
    message: String,
    retry_after: Option<Duration>,
) -> ProviderError {
    if let Some(words) = sign_in_failure(&code) {
        return ProviderError::Unauthenticated { message: format!("{code}: {words}") };
    }
    match code.as_str() {
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" => {
            ProviderError::PermissionDenied { operation: operation.to_owned(), message }
        }
        "OptInRequired" | "RegionDisabled" | "RegionDisabledException" | "PendingVerification" | "Blocked" => {
            ProviderError::NotEnabled { api: service(operation).to_owned(), message: format!("{code}: {message}") }
        }
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "TooManyRequestsException"
        | "EC2ThrottledException" => ProviderError::Throttled { retry_after },
        "IncorrectInstanceState" | "IncorrectState" | "OperationNotPermitted" | "IncorrectSpotRequestState" => {
            ProviderError::InvalidState { message: format!("{code}: {message}") }
        }
        "DependencyViolation" | "ResourceInUse" => ProviderError::Conflict { message: format!("{code}: {message}") },
        // An HTTP 500, and yet a plain refusal.
        "InsufficientInstanceCapacity"
        | "InsufficientHostCapacity"
        | "InsufficientCapacity"
        | "InsufficientReservedInstanceCapacity"
        | "InsufficientCapacityOnHost" => ProviderError::CapacityUnavailable { message: format!("{code}: {message}") },
        "UnsupportedOperation" | "Unsupported" | "UnsupportedHostConfiguration" | "InvalidAction" => {
            ProviderError::Unsupported { message: format!("{code}: {message}") }
        }
        _ if status >= 500 => ProviderError::Unavailable { message: format!("{code}: {message}") },
        _ => ProviderError::Other { code, message },
    }
}

/// Our words for AWS's sign-in failures.
fn sign_in_failure(code: &str) -> Option<&'static str> {
    Some(match code {
        "AuthFailure" => {
            "AWS does not accept these credentials here: they are wrong or revoked, or the region is not enabled for \
             the account"
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => {
            "AWS does not know this access key"
        }
        "SignatureDoesNotMatch" => "the secret does not belong to this access key",
        "IncompleteSignature" | "MissingAuthenticationToken" => "the request was not signed as AWS expects",
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => "the session has expired; sign in again",
        "RequestExpired" | "RequestTimeTooSkewed" => "this machine's clock differs too much from AWS's",
        _ => return None,
    })
}

fn service(operation: &str) -> &str {
    operation.split_once(':').map_or(operation, |(service, _)| service)
}

/// AWS's words without the encoded message that only an administrator can decode.
fn plain(message: &str) -> &str {
    message.split(" Encoded authorization failure message").next().unwrap_or(message).trim()
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The error and its causes, in words.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        next = cause.source();
    }
    words
}

/// What lies at the bottom of an error: the layers above it speak to programmers.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}

/// The first cause of type `T`.
fn cause<'e, T: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Why an account could not be connected. Messages name settings, never their values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The source holds no usable credentials.
    #[error("no credentials: {reason}")]
    CredentialsMissing {
        /// What is missing, and where it was looked for.
        reason: String,
    },
    /// The profile asks for something that Nephoscope does not do.
    #[error("profile {profile:?} uses {setting}, which Nephoscope does not support: {advice}")]
    ProfileUnsupported {
        /// The profile.
        profile: String,
        /// The setting's name.
        setting: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// The AWS configuration files cannot be read as such.
    #[error("the AWS configuration files are not readable: {reason}")]
    ProfilesUnreadable {
        /// What is wrong, without the line's text.
        reason: String,
    },
    /// The custom endpoint is not acceptable.
    #[error("the endpoint {endpoint:?} is refused: {reason}")]
    EndpointRefused {
        /// The endpoint, without user, password, path and query.
        endpoint: String,
        /// Why.
        reason: &'static str,
    },
}

impl From<&ConnectError> for Failure {
    fn from(error: &ConnectError) -> Self {
        let code = match error {
            ConnectError::CredentialsMissing { .. } => FailureCode::CredentialsMissing,
            ConnectError::ProfileUnsupported { .. } => FailureCode::Unsupported,
            ConnectError::ProfilesUnreadable { .. } => FailureCode::Malformed,
            ConnectError::EndpointRefused { .. } => FailureCode::Other,
        };
        Self { code, message: error.to_string() }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::from(&error)
    }
}
