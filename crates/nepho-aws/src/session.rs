//! The parts that all SDK clients of an account share: credentials, connections, endpoint, time
//! limits.

use std::fmt;

use aws_config::{BehaviorVersion, SdkConfig, identity::IdentityCache};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{app_name::AppName, region};
use nepho_core::Region;

use crate::{
    AwsCredentials, AwsOptions, ConnectError, Timeouts, credentials,
    endpoint::HostPolicy,
    hosts::{HostFacts, allowed_hosts},
    http::HttpTransport,
    profile,
};

/// The shared half of an account's clients.
pub(crate) struct Session {
    /// The HTTP client.
    pub http: HttpTransport,
    /// The hosts that requests may go to.
    pub policy: HostPolicy,
    /// The region for requests that concern no region.
    pub home: Region,
    config: SdkConfig,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("policy", &self.policy).field("home", &self.home).finish_non_exhaustive()
    }
}

impl Session {
    /// Prepares the configuration; sends nothing.
    pub async fn new(options: &AwsOptions) -> Result<Self, ConnectError> {
        let facts = HostFacts::of(options);
        let policy = HostPolicy::new(options.endpoint.as_ref(), allowed_hosts(facts).await?)?;
        let http = HttpTransport::new(policy.clone());
        let home = facts.home().await?;
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(region::Region::new(home.as_str().to_owned()))
            .time_source(SharedTimeSource::default())
            .http_client(http.clone())
            .timeout_config(timeouts(options.timeouts))
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .identity_cache(IdentityCache::lazy().load_timeout(options.timeouts.operation).build())
            // Our HTTP client reads every body to its end, so the SDK sees no stream.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        builder.set_endpoint_url(policy.url().map(ToOwned::to_owned));
        builder.set_app_name(AppName::new("nephoscope").ok());
        let unsigned = builder.build();
        let credentials = provider(options, &unsigned, &http).await?;
        let config = unsigned.into_builder().credentials_provider(credentials).build();
        Ok(Self { http, policy, home, config })
    }

    /// The configuration for reads: three attempts for transient failures.
    pub fn reading(&self) -> SdkConfig {
        self.config.clone()
    }

    /// The configuration for mutations: one attempt.
    pub fn writing(&self) -> SdkConfig {
        self.config.clone().into_builder().retry_config(RetryConfig::disabled()).build()
    }
}

async fn provider(
    options: &AwsOptions,
    unsigned: &SdkConfig,
    http: &HttpTransport,
) -> Result<SharedCredentialsProvider, ConnectError> {
    match &options.credentials {
        AwsCredentials::Keys { access_key_id, secret_access_key, session_token }
        | AwsCredentials::Environment { access_key_id, secret_access_key, session_token } => {
            credentials::keys(access_key_id, secret_access_key, session_token.as_ref())
        }
        AwsCredentials::Profile(name) => profile::resolve(&options.files, name, unsigned, http).await,
    }
}

fn timeouts(limits: Timeouts) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .operation_attempt_timeout(limits.attempt)
        .operation_timeout(limits.operation)
        .build()
}
