//! Plans: the effect of an action on each target, computed before anything is sent.

use std::net::IpAddr;

use crate::{AccountId, Action, Failure, ResourceKey, State, Timestamp, Zone, provider::ActionRequest};

/// The single-use token that binds a commit to its plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nonce(pub String);

/// The effect of a commit on each target. A plan is frozen: a target that changed afterwards needs
/// a new plan and is never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The token to commit with.
    pub nonce: Nonce,
    /// The requested action and its options.
    pub request: ActionRequest,
    /// The verdict for each target, in the requested order.
    pub targets: Vec<PlannedTarget>,
    /// The confirmation that a commit requires.
    pub confirmation: Confirmation,
    /// Expiry of the nonce.
    pub expires_at: Timestamp,
}

impl Plan {
    /// Returns the targets that a commit would send.
    pub fn eligible(&self) -> impl Iterator<Item = &PlannedTarget> {
        self.targets.iter().filter(|target| target.verdict == Verdict::Eligible)
    }
}

/// One target of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedTarget {
    /// The resource.
    pub key: ResourceKey,
    /// The instance's zone.
    pub zone: Option<Zone>,
    /// The resource's name at planning time; empty if it has none.
    pub name: String,
    /// The account that owns it.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The state from the fresh read, or the cached state if that read failed.
    pub state: State,
    /// The provider's name of the state.
    pub raw_state: String,
    /// True for a target of a production account.
    pub prod: bool,
    /// The options that its provider takes for the action.
    pub offers: OptionOffers,
    /// The verdict.
    pub verdict: Verdict,
    /// Warnings to show before confirmation.
    pub warnings: Vec<Warning>,
}

/// The options that a provider takes for an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionOffers {
    /// See [`ActionOptions::force`](crate::provider::ActionOptions::force).
    pub force: bool,
    /// See [`ActionOptions::hibernate`](crate::provider::ActionOptions::hibernate).
    pub hibernate: bool,
}

/// The decision of a plan for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A commit would send it.
    Eligible,
    /// The goal already holds; a commit would send nothing.
    Already,
    /// The target is on its way to the goal; a commit would send nothing.
    Underway,
    /// A commit would not send it.
    Refused(Refusal),
}

/// The reason for refusing a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is read-only.
    ReadOnly,
    /// The provider does not offer the action for this kind.
    Unsupported,
    /// The action is not possible in this state.
    State(State),
    /// The instance is protected against stopping or deleting.
    Protected,
    /// The root disk is local: the instance can be rebooted or terminated, never stopped.
    LocalRoot,
    /// Another service of the cloud manages the instance.
    ManagedBy(String),
    /// The account's credentials do not permit the action on the instance.
    NotPermitted,
    /// The instance has local disks, and the request does not permit discarding their contents.
    LocalDisks,
    /// The instance is not configured for hibernation.
    HibernationDisabled,
    /// The provider no longer knows the instance.
    NotFound,
    /// The fresh read failed; a plan is never made from the cache alone.
    ReadFailed(Failure),
}

/// A fact that the operator should know before confirming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A scale group owns the instance and will replace it.
    GroupMember {
        /// The group's name.
        group: String,
    },
    /// A spot instance: the cloud may reclaim it, and a stop may end it.
    Spot,
    /// The contents of the local disks are lost.
    LocalDisksLost,
    /// A hard reset: the guest OS is not shut down.
    Hard,
    /// The public IP is released.
    PublicIpLost {
        /// The public IP.
        ip: IpAddr,
    },
    /// The provider could not determine whether the public IP will be released (permission denied
    /// or no response).
    PublicIpNotChecked,
    /// Protection was not checked (more than 20 targets, or permission denied).
    ProtectionNotChecked,
    /// The row was stale before this plan's fresh read.
    StaleRow {
        /// The age of the row before the read.
        as_of: Timestamp,
    },
}

/// The most targets of one plan. A plan reads every target afresh: a full inventory would take
/// thousands of requests, and its list is too long to check before confirming.
pub const MOST_TARGETS: usize = 1_000;

/// Returns `true` if a plan that sends `action` to `count` targets requires a confirmation.
/// `in_prod` tells whether one of them is in a production account.
pub fn asks(action: Action, count: usize, in_prod: bool) -> bool {
    count > 1 || in_prod || !matches!(action, Action::Start | Action::Resume)
}

/// The confirmation that a plan requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// None: the plan starts one instance outside production.
    None,
    /// One click (`--yes`).
    Click,
    /// Typed text (`--confirm`): the name or the id, `ACTION COUNT` for several targets.
    Type {
        /// The accepted texts; the first is the suggested one.
        accepted: Vec<String>,
    },
}

/// The reason for refusing a commit. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitRefusal {
    /// The nonce is unknown, used or expired.
    #[error("the plan has expired or was used; plan again")]
    Expired,
    /// The typed text matches none of the accepted texts.
    #[error("the confirmation does not match the plan")]
    Confirmation,
    /// These targets changed since the plan was made.
    #[error("{} target(s) changed since the plan was made; plan again", changed.len())]
    Changed {
        /// The changed targets.
        changed: Vec<ResourceKey>,
    },
    /// No target of the plan is eligible.
    #[error("no target of the plan is eligible")]
    Nothing,
}
