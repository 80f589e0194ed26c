//! Operations: accepted at once, done later.

use serde_json::{Value, json};

use super::{
    links::{link, zonal},
    setup::Pace,
};

/// The effect of an operation on its instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Start,
    Stop,
    Suspend,
    Resume,
    Reset,
    Delete,
    /// The URL of the new type.
    Retype(String),
}

impl Deed {
    /// Returns Google's word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Reset => "reset",
            Self::Delete => "delete",
            Self::Retype(_) => "setMachineType",
        }
    }

    /// Returns the instance's status during the operation after `polls`; `None` if it does not
    /// change.
    pub(crate) fn through(&self, polls: u32) -> Option<&'static str> {
        match self {
            Self::Start | Self::Resume if polls < 2 => Some("PROVISIONING"),
            Self::Start | Self::Resume => Some("STAGING"),
            Self::Stop | Self::Delete => Some("STOPPING"),
            Self::Suspend => Some("SUSPENDING"),
            Self::Reset | Self::Retype(_) => None,
        }
    }

    /// Returns the instance's status after the operation.
    pub(crate) fn to(&self) -> Option<&'static str> {
        match self {
            Self::Start | Self::Resume => Some("RUNNING"),
            Self::Stop => Some("TERMINATED"),
            Self::Suspend => Some("SUSPENDED"),
            Self::Reset | Self::Retype(_) | Self::Delete => None,
        }
    }
}

/// The error of an operation that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationError {
    /// Google's code, such as `ZONE_RESOURCE_POOL_EXHAUSTED`.
    pub code: String,
    /// Google's message.
    pub message: String,
}

impl OperationError {
    /// The error for a zone without capacity.
    pub fn exhausted(zone: &str) -> Self {
        let message = format!(
            "The zone 'projects/p/zones/{zone}' does not have enough resources available to fulfill the request.  Try \
             a different zone, or try again later."
        );
        Self { code: "ZONE_RESOURCE_POOL_EXHAUSTED".to_owned(), message }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: u64,
    pub(crate) project: String,
    pub(crate) zone: String,
    pub(crate) deed: Deed,
    pub(crate) target: String,
    pub(crate) target_id: String,
    pub(crate) request_id: Option<String>,
    pub(crate) user: String,
    pub(crate) pace: Pace,
    pub(crate) polls: u32,
    pub(crate) done: bool,
    /// The error with which it ends, if any.
    pub(crate) error: Option<OperationError>,
    /// The instance's status before the operation.
    pub(crate) before: String,
}

impl Operation {
    /// Returns its name.
    pub(crate) fn name(&self) -> String {
        format!("operation-{:013}-{:x}-{:08x}", 1_700_000_000_000 + self.id % 1000, self.id, self.id % 0xffff_ffff)
    }

    /// Counts a poll; returns true if the operation ends with it.
    pub(crate) fn poll(&mut self) -> bool {
        self.polls = self.polls.saturating_add(1);
        !self.done && matches!(self.pace, Pace::Polls(unfinished) if self.polls > unfinished)
    }

    /// Returns the operation in Google's form.
    pub(crate) fn document(&self) -> Value {
        let (status, progress) = match (self.done, self.polls) {
            (true, _) => ("DONE", 100),
            (false, 0 | 1) => ("PENDING", 0),
            (false, _) => ("RUNNING", 50),
        };
        let at = |seconds: u64| {
            let all = self.id % 1000 + seconds;
            format!("2026-11-30T04:{:02}:{:02}.{:03}-08:00", all / 60 % 60, all % 60, self.id % 1000)
        };
        let mut document = json!({
            "kind": "compute#operation",
            "id": self.id.to_string(),
            "name": self.name(),
            "zone": link(&self.project, &format!("zones/{}", self.zone)),
            "operationType": self.deed.word(),
            "targetLink": zonal(&self.project, &self.zone, "instances", &self.target),
            "targetId": self.target_id,
            "status": status,
            "user": self.user,
            "progress": progress,
            "insertTime": at(0),
            "selfLink": zonal(&self.project, &self.zone, "operations", &self.name())
        });
        if status != "PENDING" {
            document["startTime"] = json!(at(1));
        }
        if let Some(request) = &self.request_id {
            document["clientOperationId"] = json!(request);
        }
        if self.done {
            document["endTime"] = json!(at(2));
            if let Some(error) = &self.error {
                document["error"] = json!({"errors": [{"code": error.code, "message": error.message}]});
                document["httpErrorStatusCode"] = json!(503);
                document["httpErrorMessage"] = json!("SERVICE UNAVAILABLE");
            }
        }
        document
    }
}
