//! `nepho journal --json` and `nepho journal verify --json`.

use nepho_core::journal::{JournalEntry, JournalEvent, Verification};
use serde::Serialize;

use crate::{
    enums::{Action, FailureCode, State},
    failure::Failure,
    time::moment,
};

/// An entry of the journal. `nepho journal` prints an array of them, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalRow {
    /// Its place in the chain, from 1.
    pub seq: u64,
    /// The time.
    pub at: String,
    /// The operation's id, which the command that began it printed.
    pub operation_id: String,
    /// The run of the process that wrote it.
    pub run: String,
    /// The account's name at the time.
    pub account: String,
    /// The resource key.
    pub key: String,
    /// The resource's name at the time.
    pub name: String,
    /// The action.
    pub action: Action,
    /// The action with its parameters, such as `stop force`; `null` unless `event` is sent.
    pub request: Option<String>,
    /// The step: sent, `not_sent`, accepted, done, failed, refused, `timed_out` or unknown.
    pub event: &'static str,
    /// The state that the reply named or that was observed: for accepted, done and failed.
    pub state: Option<State>,
    /// The provider's word for it, where it named one.
    pub raw_state: Option<String>,
    /// The reason, for `not_sent`, refused, unknown, and for failed where the provider named one.
    pub error: Option<Failure>,
    /// The id of the provider's operation record, for accepted where it keeps one.
    pub ticket: Option<String>,
}

impl From<&JournalEntry> for JournalRow {
    fn from(stored: &JournalEntry) -> Self {
        let entry = &stored.entry;
        let (state, raw_state, error) = match &entry.event {
            JournalEvent::Sent(_) | JournalEvent::TimedOut => (None, None, None),
            JournalEvent::Accepted { state, raw_state, .. } => (state.map(State::from), Some(raw_state.clone()), None),
            JournalEvent::NotSent(failure)
            | JournalEvent::Refused(failure)
            | JournalEvent::Failed(failure)
            | JournalEvent::Unknown(failure) => (None, None, Some(failure.into())),
            JournalEvent::Done { state, raw_state } => (Some((*state).into()), Some(raw_state.clone()), None),
            JournalEvent::Contradicted { state, raw_state, reason } => {
                let error = reason.clone().map(|message| Failure { code: FailureCode::Other, message });
                (Some((*state).into()), Some(raw_state.clone()), error)
            }
        };
        let request = match &entry.event {
            JournalEvent::Sent(intent) => Some(intent.request.to_string()),
            _ => None,
        };
        let ticket = match &entry.event {
            JournalEvent::Accepted { ticket, .. } => ticket.as_ref().map(ToString::to_string),
            _ => None,
        };
        Self {
            seq: stored.seq,
            at: moment(entry.at),
            operation_id: entry.operation.to_string(),
            run: entry.run.to_string(),
            account: entry.account_name.clone(),
            key: entry.key.to_string(),
            name: entry.name.clone(),
            action: entry.action.into(),
            request,
            event: entry.event.as_str(),
            state,
            raw_state: raw_state.filter(|word| !word.is_empty()),
            error,
            ticket,
        }
    }
}

/// The result of verifying the whole journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyJson {
    /// Intact, or broken.
    pub status: VerifyStatus,
    /// The number of entries; `null` when broken.
    pub entries: Option<u64>,
    /// The last entry's hash, in hex; `null` when broken.
    pub head: Option<String>,
    /// The first bad entry; `null` when intact.
    pub bad_seq: Option<u64>,
    /// The fault of that entry; `null` when intact.
    pub reason: Option<String>,
}

/// The state of the journal's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyStatus {
    /// It does.
    Intact,
    /// It does not.
    Broken,
}

impl From<&Verification> for VerifyJson {
    fn from(found: &Verification) -> Self {
        match found {
            Verification::Intact { entries, head } => Self {
                status: VerifyStatus::Intact,
                entries: Some(*entries),
                head: Some(head.clone()),
                bad_seq: None,
                reason: None,
            },
            Verification::Broken { seq, reason } => Self {
                status: VerifyStatus::Broken,
                entries: None,
                head: None,
                bad_seq: Some(*seq),
                reason: Some(reason.clone()),
            },
        }
    }
}
