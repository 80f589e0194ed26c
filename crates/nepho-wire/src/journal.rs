//! The journal, as Activity shows it. Operations, which are the same story by target, are in
//! [`crate::operation`].

use nepho_core as domain;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    enums::{Action, State},
    failure::Failure,
    limits::Limit,
    plan::ActionOptions,
    time::moment,
};

/// Asks for a page of the journal.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListJournalRequest {
    /// The number wanted, at most 200.
    pub limit: Limit,
    /// Only entries before this sequence number; `null` for the newest.
    pub before: Option<u64>,
}

/// A page of the journal, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Journal {
    /// The entries.
    pub entries: Vec<JournalEntry>,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct JournalEntry {
    /// Its place in the chain, from 1.
    pub seq: u64,
    /// The time.
    pub at: String,
    /// The run of the process that wrote it.
    pub run: String,
    /// The operation's id.
    pub operation_id: String,
    /// The account's id.
    pub account_id: String,
    /// The account's name at the time.
    pub account: String,
    /// The resource key.
    pub key: String,
    /// The cloud's own id.
    pub id: String,
    /// The resource's name at the time.
    pub name: String,
    /// The action.
    pub action: Action,
    /// The step.
    pub event: JournalEvent,
}

/// A step in the life of an action on one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum JournalEvent {
    /// About to be sent.
    Sent {
        /// The parameters.
        options: ActionOptions,
    },
    /// The provider accepted it.
    Accepted {
        /// The state that the reply named.
        state: Option<State>,
        /// The provider's word for it; empty when the reply named none.
        raw_state: String,
    },
    /// No request was made.
    NotSent {
        /// The reason.
        failure: Failure,
    },
    /// The provider refused it.
    Refused {
        /// The reason.
        failure: Failure,
    },
    /// The provider's own record reports a failure, or a final state was observed that is not the
    /// goal.
    Failed {
        /// The reason, where the provider named one.
        failure: Option<Failure>,
        /// The state observed, where one was.
        state: Option<State>,
        /// The provider's word for it.
        raw_state: Option<String>,
        /// The cloud's reason for that state, in its own words.
        reason: Option<String>,
    },
    /// It may or may not have happened.
    Unknown {
        /// The reason why that is not known.
        failure: Failure,
    },
    /// The goal was observed.
    Done {
        /// The state seen.
        state: State,
        /// The provider's word.
        raw_state: String,
    },
    /// Following ended without a final state.
    TimedOut,
}

impl From<&domain::journal::JournalEntry> for JournalEntry {
    fn from(stored: &domain::journal::JournalEntry) -> Self {
        let entry = &stored.entry;
        Self {
            seq: stored.seq,
            at: moment(entry.at),
            run: entry.run.to_string(),
            operation_id: entry.operation.to_string(),
            account_id: entry.account.to_string(),
            account: entry.account_name.clone(),
            key: entry.key.to_string(),
            id: entry.key.native.to_string(),
            name: entry.name.clone(),
            action: entry.action.into(),
            event: (&entry.event).into(),
        }
    }
}

impl From<&domain::journal::JournalEvent> for JournalEvent {
    fn from(event: &domain::journal::JournalEvent) -> Self {
        match event {
            domain::journal::JournalEvent::Sent(intent) => Self::Sent { options: intent.request.options().into() },
            domain::journal::JournalEvent::Accepted { state, raw_state, ticket: _ } => {
                Self::Accepted { state: state.map(State::from), raw_state: raw_state.clone() }
            }
            domain::journal::JournalEvent::NotSent(failure) => Self::NotSent { failure: failure.into() },
            domain::journal::JournalEvent::Refused(failure) => Self::Refused { failure: failure.into() },
            domain::journal::JournalEvent::Failed(failure) => {
                Self::Failed { failure: Some(failure.into()), state: None, raw_state: None, reason: None }
            }
            domain::journal::JournalEvent::Unknown(failure) => Self::Unknown { failure: failure.into() },
            domain::journal::JournalEvent::Done { state, raw_state } => {
                Self::Done { state: (*state).into(), raw_state: raw_state.clone() }
            }
            domain::journal::JournalEvent::Contradicted { state, raw_state, reason } => Self::Failed {
                failure: None,
                state: Some((*state).into()),
                raw_state: Some(raw_state.clone()),
                reason: reason.clone(),
            },
            domain::journal::JournalEvent::TimedOut => Self::TimedOut,
        }
    }
}

/// The result of verifying the whole journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Verification {
    /// Every entry follows from the one before it.
    Intact {
        /// The number of entries.
        entries: u64,
        /// The last entry's hash, in hex.
        head: String,
    },
    /// The first entry that does not.
    Broken {
        /// Its sequence number.
        seq: u64,
        /// The fault; not translated, shown as a detail.
        reason: String,
    },
}

impl From<&domain::journal::Verification> for Verification {
    fn from(found: &domain::journal::Verification) -> Self {
        match found {
            domain::journal::Verification::Intact { entries, head } => {
                Self::Intact { entries: *entries, head: head.clone() }
            }
            domain::journal::Verification::Broken { seq, reason } => Self::Broken { seq: *seq, reason: reason.clone() },
        }
    }
}
