//! Actions of EC2: their names in the API and on the command line.

use nepho_core::provider::{ActionRequest, StopOptions};

/// Action that EC2 offers. There is none for suspending: hibernation is a kind of stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Start,
    Stop {
        /// Without a shutdown of the guest OS.
        force: bool,
        /// With the memory written to the root disk first.
        hibernate: bool,
    },
    Reboot,
    Terminate,
}

impl Verb {
    /// EC2's verb for `request`; `None` if it has none.
    pub(crate) const fn of(request: ActionRequest) -> Option<Self> {
        match request {
            ActionRequest::Start => Some(Self::Start),
            ActionRequest::Stop(StopOptions { force, hibernate, .. }) => Some(Self::Stop { force, hibernate }),
            ActionRequest::Reboot => Some(Self::Reboot),
            ActionRequest::Terminate => Some(Self::Terminate),
            ActionRequest::Suspend { .. } | ActionRequest::Resume => None,
        }
    }

    /// The name of the API operation.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Start => "ec2:StartInstances",
            Self::Stop { .. } => "ec2:StopInstances",
            Self::Reboot => "ec2:RebootInstances",
            Self::Terminate => "ec2:TerminateInstances",
        }
    }

    /// The verb on AWS's command line.
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Start => "start-instances",
            Self::Stop { .. } => "stop-instances",
            Self::Reboot => "reboot-instances",
            Self::Terminate => "terminate-instances",
        }
    }
}
