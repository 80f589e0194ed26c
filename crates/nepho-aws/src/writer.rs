//! The client that mutates. It exists only for accounts that the operator made writable.
//!
//! It sends each request once. A retry of the SDK after a timeout or an HTTP 500 would be a second
//! mutation if AWS carried out the first.

use std::{fmt, sync::Arc};

use aws_sdk_ec2::types::{InstanceStateChange, InstanceStateName};
use nepho_core::{Region, provider::Accepted};

use crate::{
    client::Regional,
    convert,
    error::AwsError,
    http::Capture,
    rate_limit::{Purpose, RateLimiter},
    session::Session,
    verb::Verb,
    xml::{Cursor, ReplyError},
};

/// EC2 clients for mutations.
pub(crate) struct Writer {
    regional: Regional,
    rate_limiter: Arc<RateLimiter>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Prepares the clients; sends nothing.
    pub fn new(session: &Session, rate_limiter: Arc<RateLimiter>) -> Self {
        Self { regional: Regional::new(aws_sdk_ec2::Config::new(&session.writing())), rate_limiter }
    }

    /// Sends one request for `verb` on `ids`. Returns each id that EC2 confirmed.
    pub async fn send(
        &self,
        region: &Region,
        verb: Verb,
        ids: Vec<String>,
    ) -> Result<Vec<(String, Accepted)>, AwsError> {
        let _permit = self.rate_limiter.permit(region, Purpose::Act(verb)).await;
        let client = self.regional.client(region);
        let ids = Some(ids);
        let operation = verb.operation();
        match verb {
            Verb::Start => {
                let sent = client.start_instances().set_instance_ids(ids).send().await;
                let reply = sent.map_err(|error| AwsError::new(operation, &error))?;
                Ok(changes(reply.starting_instances()))
            }
            Verb::Stop { force, hibernate } => {
                let request = client.stop_instances().set_instance_ids(ids);
                // An option that is not asked for is left out, as every tool does.
                let request = if force { request.force(true) } else { request };
                let sent = if hibernate { request.hibernate(true) } else { request }.send().await;
                let reply = sent.map_err(|error| AwsError::new(operation, &error))?;
                Ok(changes(reply.stopping_instances()))
            }
            Verb::Terminate => {
                let sent = client.terminate_instances().set_instance_ids(ids).send().await;
                let reply = sent.map_err(|error| AwsError::new(operation, &error))?;
                Ok(changes(reply.terminating_instances()))
            }
            Verb::Reboot => {
                let named = ids.clone().unwrap_or_default();
                // The SDK does not read the body of this reply, so a captive portal's page would pass
                // for a success.
                let capture = Capture::new("");
                let request = client.reboot_instances().set_instance_ids(ids).customize();
                let sent = request.interceptor(capture.clone()).send().await;
                sent.map_err(|error| AwsError::new(operation, &error))?;
                returned(&capture.take()).map_err(|error| AwsError::unreadable(operation, &error))?;
                Ok(named
                    .into_iter()
                    .map(|id| (id, Accepted { state: None, raw_state: String::new(), ticket: None }))
                    .collect())
            }
        }
    }
}

fn changes(changes: &[InstanceStateChange]) -> Vec<(String, Accepted)> {
    let accepted = |change: &InstanceStateChange| {
        let state = change.current_state()?;
        let name = state.name().map(InstanceStateName::as_str).unwrap_or_default();
        let code = state.code().map(|code| code.to_string()).unwrap_or_default();
        let raw_state = if name.is_empty() { code.clone() } else { name.to_owned() };
        Some(Accepted { state: Some(convert::state(name, &code)), raw_state, ticket: None })
    };
    changes.iter().filter_map(|change| Some((change.instance_id()?.to_owned(), accepted(change)?))).collect()
}

/// Checks that the body is the reply to a reboot, without `<return>false</return>`.
fn returned(body: &[u8]) -> Result<(), ReplyError> {
    let mut cursor = Cursor::new(body)?;
    cursor.root("RebootInstancesResponse")?;
    cursor.children(|cursor, name, _| match name {
        "return" if cursor.text()? == "false" => Err(ReplyError::Failed { code: "return is false".to_owned() }),
        "return" => Ok(()),
        _ => cursor.skip(),
    })
}
