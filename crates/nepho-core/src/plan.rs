//! Plans: what an action would do to each target, before anything is sent.

use std::net::IpAddr;

use crate::{AccountId, Failure, ResourceKey, State, Timestamp, Zone, provider::ActionRequest};

/// The single-use token that binds a commit to its plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nonce(pub String);

/// What would happen if the plan were committed. Frozen: a target that changed since is
/// re-planned, never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The token to commit with.
    pub nonce: Nonce,
    /// The action, and how it would be done.
    pub request: ActionRequest,
    /// Each target's verdict, in the order asked.
    pub targets: Vec<PlannedTarget>,
    /// What the operator must do to commit.
    pub confirmation: Confirmation,
    /// When the nonce stops working.
    pub expires_at: Timestamp,
}

impl Plan {
    /// The targets that would be sent.
    pub fn eligible(&self) -> impl Iterator<Item = &PlannedTarget> {
        self.targets.iter().filter(|target| target.verdict == Verdict::Eligible)
    }
}

/// One target of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedTarget {
    /// The resource.
    pub key: ResourceKey,
    /// The zone that it is in.
    pub zone: Option<Zone>,
    /// Its name when planned; empty when it has none.
    pub name: String,
    /// Whose it is.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The state that the fresh read showed (the cached one where that read failed).
    pub state: State,
    /// The provider's word for it.
    pub raw_state: String,
    /// Marks a target of a production account.
    pub prod: bool,
    /// Whether it would be sent.
    pub verdict: Verdict,
    /// What the operator should know first.
    pub warnings: Vec<Warning>,
}

/// The answer of a plan for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would be sent.
    Eligible,
    /// The goal holds already; nothing would be sent.
    Already,
    /// The target is on its way to the goal; nothing would be sent.
    Underway,
    /// It would not be sent.
    Refused(Refusal),
}

/// Why a target is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is read-only.
    ReadOnly,
    /// The provider does not offer the action for this kind.
    Unsupported,
    /// The action is not possible in this state.
    State(State),
    /// Protected against stopping or deleting.
    Protected,
    /// Its root disk is local: it can be rebooted or terminated, never stopped.
    LocalRoot,
    /// Another service of the cloud owns it.
    ManagedBy(String),
    /// The account's credentials may not do that to it.
    NotPermitted,
    /// It has local disks, and nobody said that their contents may be discarded.
    LocalDisks,
    /// The provider does not know it any more.
    NotFound,
    /// The fresh read failed, and a plan is never made from the cache alone.
    ReadFailed(Failure),
}

/// What the operator should know before confirming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A scale group owns it and will replace it.
    GroupMember {
        /// The group's name.
        group: String,
    },
    /// A spot instance: the cloud may reclaim it, and a stop may end it.
    Spot,
    /// The contents of its local disks are lost.
    LocalDisksLost,
    /// The power is cut: its operating system is not asked to end.
    Hard,
    /// Its public address is released.
    PublicIpLost {
        /// The address.
        ip: IpAddr,
    },
    /// Whether its public address is released was not found out (not permitted, or no answer).
    PublicIpNotChecked,
    /// Whether it is protected was not checked (more than 20 targets, or not permitted).
    ProtectionNotChecked,
    /// Its row had not been seen for a while before this plan's fresh read.
    StaleRow {
        /// As of when the row was.
        as_of: Timestamp,
    },
}

/// What the operator must do to commit a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing: starting one instance outside production.
    None,
    /// One click (`--yes`).
    Click,
    /// Type one of these (`--confirm`): the name or the id, `ACTION COUNT` for several.
    Type {
        /// The accepted texts; the first is the one to suggest.
        accepted: Vec<String>,
    },
}

/// Why a commit was refused. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitRefusal {
    /// The nonce is unknown, used or expired.
    #[error("the plan has expired or was used; plan again")]
    Expired,
    /// What was typed is none of the accepted texts.
    #[error("the confirmation does not match")]
    Confirmation,
    /// These targets changed since the plan was made.
    #[error("{} target(s) changed since the plan; plan again", changed.len())]
    Changed {
        /// Which.
        changed: Vec<ResourceKey>,
    },
    /// Nothing in the plan is eligible.
    #[error("nothing in the plan can be sent")]
    Nothing,
}
