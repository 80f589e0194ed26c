//! The journal's vocabulary: an append-only record of actions, one entry per target and step.

use crate::{AccountId, Action, Failure, ResourceKey, State, Timestamp, text_id::text_id};

text_id! {
    /// One committed plan; its entries share it.
    OperationId
}
text_id! {
    /// One run of a process: who may still finish what it began.
    RunId
}

/// A step in the life of an action on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEvent {
    /// About to be sent. Written, and on disk, before the request.
    Sent,
    /// The provider accepted it and named this state.
    Accepted {
        /// The provider's word; empty when the reply named none.
        raw_state: String,
    },
    /// The provider refused it; nothing happened.
    Refused(Failure),
    /// The provider accepted it, and its own record of the operation reports a failure.
    Failed(Failure),
    /// No usable answer: it may or may not have happened.
    Unknown(Failure),
    /// The goal of the action was observed.
    Done {
        /// The state seen.
        state: State,
        /// The provider's word.
        raw_state: String,
    },
    /// A final state was observed that is not the goal. Its word is `failed`, as for
    /// [`JournalEvent::Failed`]; the state tells the two apart.
    Contradicted {
        /// The state seen.
        state: State,
        /// The provider's word.
        raw_state: String,
    },
    /// Following ended without a final state.
    TimedOut,
}

impl JournalEvent {
    /// The words of all events, in the order of an action's life.
    pub const WORDS: [&'static str; 7] = ["sent", "accepted", "done", "failed", "refused", "timed_out", "unknown"];

    /// The `snake_case` word used in storage and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Accepted { .. } => "accepted",
            Self::Refused(_) => "refused",
            Self::Failed(_) | Self::Contradicted { .. } => "failed",
            Self::Unknown(_) => "unknown",
            Self::Done { .. } => "done",
            Self::TimedOut => "timed_out",
        }
    }

    /// Whether nothing more is expected for this target.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::Failed(_) | Self::Done { .. } | Self::Contradicted { .. } | Self::TimedOut
        )
    }
}

/// An entry to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// By which run of which process.
    pub run: RunId,
    /// Of which committed plan.
    pub operation: OperationId,
    /// On whose account.
    pub account: AccountId,
    /// The account's name at the time.
    pub account_name: String,
    /// On which resource.
    pub key: ResourceKey,
    /// The resource's name at the time.
    pub name: String,
    /// What was asked.
    pub action: Action,
    /// What happened.
    pub event: JournalEvent,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its place in the chain, from 1, without gaps.
    pub seq: u64,
    /// What it records.
    pub entry: NewEntry,
}

/// What checking the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Every entry follows from the one before it.
    Intact {
        /// How many entries.
        entries: u64,
        /// The last entry's hash, in hex; empty for an empty journal.
        head: String,
    },
    /// The first entry that does not.
    Broken {
        /// Its sequence number.
        seq: u64,
        /// What is wrong.
        reason: String,
    },
}
