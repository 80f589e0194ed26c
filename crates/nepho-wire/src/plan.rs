//! Plans and their commits: what an action would do, and what became of asking for it.
//!
//! A plan may have a thousand targets. It is counted whole, and carries the [`MAX_LIMIT`] of them
//! that a person looks at first.
//!
//! [`MAX_LIMIT`]: crate::limits::MAX_LIMIT

mod convert;
mod counts;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use counts::{PlanCounts, RefusalCount, WarningCount};

use crate::{
    enums::{Action, FailureCode, State},
    limits::{KeyText, List, LongText, NameText, QueryText},
};

/// Asks for the plan of an action. Nothing is sent to be carried out.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlanActionRequest {
    /// The action.
    pub action: Action,
    /// The targets.
    pub target: PlanTarget,
    /// The parameters.
    pub options: ActionOptions,
}

/// The parameters of an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ActionOptions {
    /// Stops without a shutdown of the guest OS.
    pub force: bool,
    /// Stops with the memory written to the root disk first.
    pub hibernate: bool,
    /// True if the contents of local disks may be discarded, where the cloud asks.
    pub discard_local_disks: bool,
}

/// The targets of a plan.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanTarget {
    /// These resources.
    Keys {
        /// The key.
        #[ts(as = "Vec<KeyText>")]
        keys: List<KeyText>,
    },
    /// The selection.
    Selection {
        /// The query on screen.
        query: QueryText,
        /// True to include selected rows that the query hides.
        include_hidden: bool,
    },
    /// The targets of an operation that were accepted, to undo it.
    Operation {
        /// The operation's id.
        operation_id: NameText,
    },
}

/// A plan: the effect of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Plan {
    /// The single-use token to commit with.
    pub nonce: String,
    /// The action.
    pub action: Action,
    /// The parameters.
    pub options: ActionOptions,
    /// True if discarding local disks is to be asked: a target is refused for them alone, or they
    /// would be discarded.
    pub asks_discard: bool,
    /// True if the cloud of a target takes the option `force` for the action.
    pub offers_force: bool,
    /// True if the cloud of a target takes the option `hibernate` for the action.
    pub offers_hibernate: bool,
    /// The time at which the token expires.
    pub expires_at: String,
    /// The confirmation that a commit needs.
    pub confirmation: Confirmation,
    /// All its targets in numbers.
    pub counts: PlanCounts,
    /// The first of its targets, at most 200: eligible ones with warnings, other eligible ones, refused
    /// ones, those where the goal holds already; each in the order of the request.
    pub targets: Vec<PlannedTarget>,
}

/// The confirmation that a commit needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Confirmation {
    /// Nothing.
    None,
    /// One click.
    Click,
    /// Type one of these.
    Type {
        /// The accepted texts; the first is the one to suggest.
        accepted: Vec<String>,
    },
}

/// One target of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PlannedTarget {
    /// The resource key.
    pub key: String,
    /// The cloud's own id.
    pub id: String,
    /// Its name when planned; empty when it has none.
    pub name: String,
    /// The account's name.
    pub account: String,
    /// The account's id.
    pub account_id: String,
    /// The region.
    pub region: String,
    /// The zone.
    pub zone: Option<String>,
    /// The state that the fresh read showed.
    pub state: State,
    /// The provider's word for it.
    pub raw_state: String,
    /// True for a target of a production account.
    pub prod: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// The reason, if refused.
    pub refusal: Option<Refusal>,
    /// Warnings to read first.
    pub warnings: Vec<Warning>,
}

/// The answer of a plan for one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It would be sent.
    Eligible,
    /// The goal holds already.
    Already,
    /// It is on its way to the goal; nothing would be sent.
    Underway,
    /// It would not be sent.
    Refused,
}

/// The reason for a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The account is read-only.
    ReadOnly,
    /// The provider does not offer the action for this kind.
    Unsupported,
    /// Not possible in this state.
    State {
        /// The state.
        state: State,
    },
    /// Protected against stopping or deleting.
    Protected,
    /// Its root disk is local, so it can never be stopped.
    LocalRoot,
    /// Another service of the cloud owns it.
    ManagedBy {
        /// The key.
        owner: String,
    },
    /// The account's credentials may not do that to it.
    NotPermitted,
    /// It has local disks, and permission to discard their contents was not given.
    LocalDisks,
    /// It is not configured for hibernation.
    HibernationDisabled,
    /// The provider does not know it any more.
    NotFound,
    /// The fresh read failed.
    ReadFailed {
        /// The class of failure.
        failure: FailureCode,
        /// The source's words.
        message: String,
    },
}

impl Refusal {
    /// The codes of all refusals.
    pub const WORDS: [&'static str; 11] = [
        "read_only",
        "unsupported",
        "state",
        "protected",
        "local_root",
        "managed_by",
        "not_permitted",
        "local_disks",
        "hibernation_disabled",
        "not_found",
        "read_failed",
    ];

    /// Its code.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Unsupported => "unsupported",
            Self::State { .. } => "state",
            Self::Protected => "protected",
            Self::LocalRoot => "local_root",
            Self::ManagedBy { .. } => "managed_by",
            Self::NotPermitted => "not_permitted",
            Self::LocalDisks => "local_disks",
            Self::HibernationDisabled => "hibernation_disabled",
            Self::NotFound => "not_found",
            Self::ReadFailed { .. } => "read_failed",
        }
    }
}

/// A fact to know before confirming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Warning {
    /// A scale group owns it and will replace it.
    GroupMember {
        /// The group's name.
        group: String,
    },
    /// A spot instance.
    Spot,
    /// The contents of its local disks are lost.
    LocalDisksLost,
    /// A hard reset: the guest OS is not shut down.
    Hard,
    /// Its public address is released.
    PublicIpLost {
        /// The address.
        ip: String,
    },
    /// It could not be determined whether its public address will be released.
    PublicIpNotChecked,
    /// It could not be determined whether it is protected.
    ProtectionNotChecked,
    /// Its row had not been seen for a while.
    StaleRow {
        /// The age of the row.
        as_of: String,
    },
}

impl Warning {
    /// The codes of all warnings.
    pub const WORDS: [&'static str; 8] = [
        "group_member",
        "spot",
        "local_disks_lost",
        "hard",
        "public_ip_lost",
        "public_ip_not_checked",
        "protection_not_checked",
        "stale_row",
    ];

    /// Its code.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::GroupMember { .. } => "group_member",
            Self::Spot => "spot",
            Self::LocalDisksLost => "local_disks_lost",
            Self::Hard => "hard",
            Self::PublicIpLost { .. } => "public_ip_lost",
            Self::PublicIpNotChecked => "public_ip_not_checked",
            Self::ProtectionNotChecked => "protection_not_checked",
            Self::StaleRow { .. } => "stale_row",
        }
    }
}

/// Asks to commit a plan.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CommitPlanRequest {
    /// The plan's token.
    pub nonce: NameText,
    /// The typed text, where the plan asks for typing; otherwise `null`.
    pub confirmation: Option<LongText>,
}

/// The answer to a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CommitReply {
    /// It is in the journal and on its way.
    Accepted {
        /// The operation's id.
        operation_id: String,
    },
    /// Nothing was sent.
    Refused {
        /// The reason.
        refusal: CommitRefusal,
    },
}

/// The reason why a commit was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CommitRefusal {
    /// The token is unknown, used or expired.
    Expired,
    /// The typed text is none of the accepted ones.
    Confirmation,
    /// Targets changed since the plan was made.
    Changed {
        /// The number.
        count: u64,
        /// The keys of the first of them, at most 200.
        changed: Vec<String>,
    },
    /// Nothing in the plan is eligible.
    Nothing,
}
