//! The journal's types: an append-only record of actions, with one entry per target and step.

use crate::{
    AccountId, Action, Failure, Goal, ResourceKey, State, Timestamp, Zone,
    provider::{ActionRequest, Ticket},
    text_id::text_id,
};

text_id! {
    /// The id of one committed plan; all its entries share it.
    OperationId
}
text_id! {
    /// The id of one run of a process, which owns the operations that it began.
    RunId
}

/// What another process needs to follow an action to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The request with its parameters.
    pub request: ActionRequest,
    /// The condition that ends the action.
    pub goal: Goal,
    /// The target's state before the request.
    pub before: State,
    /// The target's zone; some clouds need it to address an instance.
    pub zone: Option<Zone>,
}

impl Intent {
    /// Returns the intent of an entry that kept only its action, as those of old versions do.
    pub fn of_action(action: Action) -> Self {
        Self { request: action.into(), goal: action.goal(), before: State::Unknown, zone: None }
    }
}

/// A step of an action on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEvent {
    /// The request is about to be sent. The entry is on disk before the request leaves.
    Sent(Intent),
    /// The provider accepted the request.
    Accepted {
        /// The state that the reply named, if any.
        state: Option<State>,
        /// The provider's name of the state; empty if the reply had none.
        raw_state: String,
        /// The id of the provider's operation record, if it keeps one.
        ticket: Option<Ticket>,
    },
    /// No request was made for this target.
    NotSent(Failure),
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
        /// The cloud's reason for the state, in its own words.
        reason: Option<String>,
    },
    /// Following ended before a final state was observed.
    TimedOut,
}

impl JournalEvent {
    /// The words of all events, in the order of an action's life.
    pub const WORDS: [&'static str; 8] =
        ["sent", "not_sent", "accepted", "done", "failed", "refused", "timed_out", "unknown"];

    /// The `snake_case` word used in storage and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Sent(_) => "sent",
            Self::NotSent(_) => "not_sent",
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
            Self::NotSent(_)
                | Self::Refused(_)
                | Self::Failed(_)
                | Self::Done { .. }
                | Self::Contradicted { .. }
                | Self::TimedOut
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

/// The steps so far of an action whose end is not recorded, for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The latest entry.
    pub last: NewEntry,
    /// The run that sent the request.
    pub sender: RunId,
    /// The time of sending.
    pub sent_at: Timestamp,
    /// The intent of the *sent* entry.
    pub intent: Intent,
    /// The id of the provider's operation record, if the provider returned one.
    pub ticket: Option<Ticket>,
    /// `true` if the provider accepted the request.
    pub accepted: bool,
}

impl Unfinished {
    /// Returns the unfinished action that `entries` of one target of one operation describe, oldest
    /// first. `None` if it has ended, or was never sent.
    pub fn of(entries: &[JournalEntry]) -> Option<Self> {
        let last = &entries.last()?.entry;
        let sent = entries.iter().find_map(|one| match &one.entry.event {
            JournalEvent::Sent(intent) => Some((&one.entry, intent)),
            _ => None,
        });
        let (first, intent) = sent?;
        let accepted = entries.iter().rev().find_map(|one| match &one.entry.event {
            JournalEvent::Accepted { ticket, .. } => Some(ticket),
            _ => None,
        });
        let unfinished = Self {
            last: last.clone(),
            sender: first.run.clone(),
            sent_at: first.at,
            intent: intent.clone(),
            ticket: accepted.cloned().flatten(),
            accepted: accepted.is_some(),
        };
        (!last.event.is_final()).then_some(unfinished)
    }
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
