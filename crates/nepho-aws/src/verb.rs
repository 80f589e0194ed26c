//! Actions of EC2: their names in the API and on the command line.

use nepho_core::Action;

/// Action that EC2 offers. There is none for suspending: hibernation is a kind of stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Start,
    Stop,
    Reboot,
    Terminate,
}

impl Verb {
    /// EC2's verb for `action`; `None` if it has none.
    pub(crate) const fn of(action: Action) -> Option<Self> {
        match action {
            Action::Start => Some(Self::Start),
            Action::Stop => Some(Self::Stop),
            Action::Reboot => Some(Self::Reboot),
            Action::Terminate => Some(Self::Terminate),
            Action::Suspend | Action::Resume => None,
        }
    }

    /// The name of the API operation.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Start => "ec2:StartInstances",
            Self::Stop => "ec2:StopInstances",
            Self::Reboot => "ec2:RebootInstances",
            Self::Terminate => "ec2:TerminateInstances",
        }
    }

    /// The verb on AWS's command line.
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Start => "start-instances",
            Self::Stop => "stop-instances",
            Self::Reboot => "reboot-instances",
            Self::Terminate => "terminate-instances",
        }
    }
}
