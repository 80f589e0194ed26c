//! Errors of a call, and their meaning for Nephoscope.
//!
//! This is the only module that knows AWS's error codes. Deliberately not here: AWS's messages for a
//! failed sign-in, because they quote the signed request with the session token.

use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use nepho_core::{Failure, FailureCode, ProviderError, ResourceKey};
use thiserror::Error;

use crate::{
    error_text::{cause, chain, clipped, root},
    xml::ReplyError,
};

/// Error of a call.
#[derive(Clone, Debug, Error)]
pub(crate) enum AwsError {
    /// AWS answered with an error code.
    #[error("{code}: {message}")]
    Refused {
        /// The API operation, such as `ec2:StopInstances`.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// AWS's code.
        code: String,
        /// AWS's message.
        message: String,
        /// The `Retry-After` header.
        retry_after: Option<Duration>,
    },
    /// The call ended without an error code of AWS: it was not sent, got no answer, or got one that is
    /// not AWS's.
    #[error(transparent)]
    Failed(#[from] ProviderError),
}

/// Error of a reply's body.
#[derive(Debug, Error)]
pub(crate) enum BodyError {
    /// The body is larger than the limit of the HTTP client.
    #[error("the reply is larger than 64 MB")]
    TooLarge,
    /// The gzip stream is damaged.
    #[error("the reply's gzip data are damaged")]
    Damaged,
}

/// Error of a request to a host that is not an endpoint of the account.
#[derive(Debug, Error)]
#[error("request blocked: {host:?} is not an allowed endpoint of this account")]
pub(crate) struct BlockedHost {
    /// The host.
    pub host: String,
}

impl AwsError {
    /// The error for the SDK's `error` of `operation`.
    pub fn new<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if let Some(credentials) = cause::<CredentialsError>(error) {
            return Self::Failed(ProviderError::Unauthenticated { message: chain(credentials) });
        }
        if let Some(blocked) = cause::<BlockedHost>(error) {
            return Self::not_sent(blocked.to_string());
        }
        if let Some(body) = cause::<BodyError>(error) {
            return Self::malformed(format!("{operation}: {body}"));
        }
        match error {
            SdkError::TimeoutError(_) => Self::timed_out(operation),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::timed_out(operation),
            SdkError::DispatchFailure(failure) => Self::unreachable(
                failure
                    .as_connector_error()
                    .map_or_else(|| "no connection".to_owned(), |error| format!("no connection: {}", root(error))),
            ),
            SdkError::ServiceError(refusal) => {
                Self::refused(operation, refusal.raw(), refusal.err().code(), refusal.err().message())
            }
            SdkError::ResponseError(failure) => Self::refused(operation, failure.raw(), None, None),
            other => Self::not_sent(chain(other)),
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
                message: clipped(readable(message.unwrap_or_default())),
                retry_after,
            },
            None if status == 429 => Self::Refused {
                operation,
                status,
                code: "RequestLimitExceeded".to_owned(),
                message: String::new(),
                retry_after,
            },
            None if status >= 500 => Self::unreachable(format!("{operation}: HTTP {status}")),
            None if status < 300 => Self::malformed(format!(
                "{operation}: the reply is not one of AWS's; a proxy or a captive portal may have sent it"
            )),
            None => Self::malformed(format!("{operation}: HTTP {status} with a body that is not AWS's")),
        }
    }

    /// No answer to `operation` in time.
    fn timed_out(operation: &str) -> Self {
        Self::Failed(ProviderError::TimedOut { operation: operation.to_owned() })
    }

    /// No connection, a connection that broke, or an outage that AWS reported.
    fn unreachable(message: String) -> Self {
        Self::Failed(ProviderError::Unavailable { message })
    }

    /// A reply that breaks AWS's protocol.
    pub fn malformed(message: String) -> Self {
        Self::Failed(ProviderError::Malformed { message })
    }

    /// A request that was blocked before it was sent.
    fn not_sent(message: String) -> Self {
        Self::Failed(ProviderError::not_sent(message))
    }

    /// An unreadable success.
    pub fn unreadable(operation: &'static str, error: &ReplyError) -> Self {
        Self::malformed(format!("{operation}: {error}"))
    }

    /// AWS's code; `None` if AWS sent none.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Failed(_) => None,
        }
    }

    /// The error of a request about one resource.
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
            AwsError::Failed(error) => error,
        }
    }
}

/// The provider error for a code
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>).
fn classify(
    operation: &'static str,
    status: u16,
    code: String,
    message: String,
    retry_after: Option<Duration>,
) -> ProviderError {
    if let Some(advice) = sign_in_failure(&code) {
        return ProviderError::Unauthenticated { message: format!("{code}: {advice}") };
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
        // AWS sends these as HTTP 500, but they are refusals.
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

/// Our message for a code of a failed sign-in.
fn sign_in_failure(code: &str) -> Option<&'static str> {
    Some(match code {
        "AuthFailure" => {
            "AWS does not accept these credentials here: they are wrong or revoked, or the region is not enabled for \
             the account"
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => {
            "AWS does not know this access key"
        }
        "SignatureDoesNotMatch" => "the secret access key does not belong to this access key ID",
        "IncompleteSignature" | "MissingAuthenticationToken" => "the request is not signed as AWS expects",
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => "the session has expired; sign in again",
        "RequestExpired" | "RequestTimeTooSkewed" => "this machine's clock differs too much from AWS's; set the clock",
        _ => return None,
    })
}

fn service(operation: &str) -> &str {
    operation.split_once(':').map_or(operation, |(service, _)| service)
}

/// AWS's message without the encoded part, which only an administrator can decode.
fn readable(message: &str) -> &str {
    message.split(" Encoded authorization failure message").next().unwrap_or(message).trim()
}

/// Error of a connection that could not be prepared. Messages name settings, never their values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The source holds no usable credentials.
    #[error("no usable credentials: {reason}")]
    CredentialsMissing {
        /// The missing part, and the place where it was looked for.
        reason: String,
    },
    /// The profile uses a setting that Nephoscope does not support.
    #[error("profile {profile:?} uses {setting}, which Nephoscope does not support: {advice}")]
    ProfileUnsupported {
        /// The profile.
        profile: String,
        /// The setting's name.
        setting: &'static str,
        /// The way to do without it.
        advice: &'static str,
    },
    /// An AWS configuration file cannot be read, or its content is invalid.
    #[error("cannot read the AWS configuration files: {reason}")]
    ProfilesUnreadable {
        /// The fault, without the text of the line.
        reason: String,
    },
    /// The custom endpoint breaks a rule for endpoints.
    #[error("endpoint {endpoint:?} refused: {reason}")]
    EndpointRefused {
        /// The endpoint, without user, password, path and query.
        endpoint: String,
        /// The rule that it breaks.
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
