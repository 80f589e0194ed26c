//! The journal's types: an append-only record of actions, with one entry per target and step.

use crate::{AccountId, Action, Failure, ResourceKey, State, Timestamp, text_id::text_id};

text_id! {
    /// The id of one committed plan; all its entries share it.
    OperationId
}
text_id! {
    /// The id of one run of a process, which owns the operations that it began.
    RunId
}

/// A step of an action on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEvent {
    /// The request is about to be sent. The entry is on disk before the request leaves.
    Sent,
    /// The provider accepted the request and reported this state.
    Accepted {
        /// The provider's name of the state; empty if the reply had none.
        raw_state: String,
    },
    /// The provider refused the request; nothing happened.
    Refused(Failure),
    /// The provider accepted the request, and its operation failed later.
    Failed(Failure),
    /// No usable response: the action may or may not have happened.
    Unknown(Failure),
    /// The goal of the action was observed.
    Done {
        /// The observed state.
        state: State,
        /// The provider's name of the state.
        raw_state: String,
    },
    /// A final state was observed that is not the goal. Its word is `failed`, as for
    /// [`JournalEvent::Failed`]; the state tells the two apart.
    Contradicted {
        /// The observed state.
        state: State,
        /// The provider's name of the state.
        raw_state: String,
    },
    /// Following ended before a final state was observed.
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

    /// Returns `true` if no further entry is expected for this target.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::Failed(_) | Self::Done { .. } | Self::Contradicted { .. } | Self::TimedOut
        )
    }
}

/// An entry to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Time of the event.
    pub at: Timestamp,
    /// The run of the process that wrote it.
    pub run: RunId,
    /// The committed plan.
    pub operation: OperationId,
    /// The account of the resource.
    pub account: AccountId,
    /// The account's name at the time.
    pub account_name: String,
    /// The resource.
    pub key: ResourceKey,
    /// The resource's name at the time.
    pub name: String,
    /// The requested action.
    pub action: Action,
    /// The event.
    pub event: JournalEvent,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its position in the chain, from 1, without gaps.
    pub seq: u64,
    /// The recorded event and its target.
    pub entry: NewEntry,
}

/// Result of checking the whole chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Every entry follows from its predecessor.
    Intact {
        /// Number of entries.
        entries: u64,
        /// The last entry's hash, in hex; empty for an empty journal.
        head: String,
    },
    /// The first entry that does not follow from its predecessor.
    Broken {
        /// Its sequence number.
        seq: u64,
        /// The mismatch.
        reason: String,
    },
}
