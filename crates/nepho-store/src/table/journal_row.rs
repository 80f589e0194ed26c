//! A row of the table `journal`, in both formats that its hash can cover.
//!
//! Format 1 has [`WIDTH_1`] columns. Format 2 adds the request with its parameters, the goal, the
//! state before, the zone, the ticket and the cloud's reason: what another process needs to follow
//! the action. Entries of format 1 are read as they are and never rewritten.

use nepho_core::{
    Action, Failure, Goal, State, Zone,
    journal::{Intent, JournalEntry, JournalEvent, NewEntry},
    provider::{ActionRequest, Ticket},
};
use rusqlite::{Row, types::Value};

use crate::{
    columns::{count, nanos, time, word},
    error::Fault,
};

/// The hashed columns of format 2, in hashing order; the first [`WIDTH_1`] are those of format 1.
pub(crate) const COLUMNS: &str = "seq, at, run, operation, account, account_name, key, name, action, event, \
     failure_code, detail, state, format, request, goal, prior, zone, ticket, reason";
/// The columns of format 1, for a database that was never migrated.
pub(crate) const COLUMNS_1: &str =
    "seq, at, run, operation, account, account_name, key, name, action, event, failure_code, detail, state";
/// The number of columns.
pub(crate) const WIDTH: usize = 20;
/// The number of columns of format 1.
pub(crate) const WIDTH_1: usize = 13;
/// The place of the column `format`.
pub(crate) const FORMAT: usize = 13;

/// Returns the number of columns that the hash of an entry of this format covers; `None` for an
/// unknown format.
pub(crate) const fn hashed(format: i64) -> Option<usize> {
    match format {
        1 => Some(WIDTH_1),
        2 => Some(WIDTH),
        _ => None,
    }
}

/// Returns an entry's columns in format 2.
pub(crate) fn columns(seq: i64, entry: &NewEntry) -> [Value; WIDTH] {
    let text = |text: &str| Value::Text(text.to_owned());
    let optional = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let (mut failure_code, mut detail, mut state) = (Value::Null, Value::Null, Value::Null);
    let (mut ticket, mut reason, mut intent) = (None, None, None);
    match &entry.event {
        JournalEvent::Sent(sent) => intent = Some(sent),
        JournalEvent::TimedOut => {}
        JournalEvent::Accepted { state: seen, raw_state, ticket: given } => {
            state = optional(seen.map(State::as_str));
            detail = text(raw_state);
            ticket = given.as_ref().map(Ticket::as_str);
        }
        JournalEvent::NotSent(failure)
        | JournalEvent::Refused(failure)
        | JournalEvent::Failed(failure)
        | JournalEvent::Unknown(failure) => {
            failure_code = text(failure.code.as_str());
            detail = text(&failure.message);
        }
        JournalEvent::Done { state: seen, raw_state } => {
            state = text(seen.as_str());
            detail = text(raw_state);
        }
        JournalEvent::Contradicted { state: seen, raw_state, reason: told } => {
            state = text(seen.as_str());
            detail = text(raw_state);
            reason = told.as_deref();
        }
    }
    [
        Value::Integer(seq),
        Value::Integer(nanos(entry.at)),
        text(entry.run.as_str()),
        text(entry.operation.as_str()),
        text(entry.account.as_str()),
        text(&entry.account_name),
        text(&entry.key.to_string()),
        text(&entry.name),
        text(entry.action.as_str()),
        text(entry.event.as_str()),
        failure_code,
        detail,
        state,
        Value::Integer(2),
        intent.map_or(Value::Null, |intent| Value::Text(intent.request.to_string())),
        intent.map_or(Value::Null, |intent| Value::Text(intent.goal.to_string())),
        optional(intent.map(|intent| intent.before.as_str())),
        optional(intent.and_then(|intent| intent.zone.as_ref()).map(Zone::as_str)),
        optional(ticket),
        optional(reason),
    ]
}

/// Reads an entry of either format.
pub(crate) fn entry(row: &Row<'_>) -> Result<JournalEntry, Fault> {
    let text = |column: &str| row.get::<_, String>(column);
    let optional = |column: &str| row.get::<_, Option<String>>(column);
    let failure =
        || -> Result<Failure, Fault> { Ok(Failure { code: word(row, "failure_code")?, message: text("detail")? }) };
    let action = word::<Action>(row, "action")?;
    // Entries keep the words of the version that wrote them, as the chain covers them: `settled` is
    // `done` now, and `contradicted` is `failed` without a failure code.
    let event = match text("event")?.as_str() {
        "sent" => JournalEvent::Sent(intent(row, action)?),
        "accepted" => JournalEvent::Accepted {
            state: optional("state")?.map(|_| word::<State>(row, "state")).transpose()?,
            raw_state: text("detail")?,
            ticket: optional("ticket")?.map(Ticket::new),
        },
        "not_sent" => JournalEvent::NotSent(failure()?),
        "refused" => JournalEvent::Refused(failure()?),
        "failed" if optional("failure_code")?.is_some() => JournalEvent::Failed(failure()?),
        "failed" | "contradicted" => JournalEvent::Contradicted {
            state: word::<State>(row, "state")?,
            raw_state: text("detail")?,
            reason: optional("reason")?,
        },
        "unknown" => JournalEvent::Unknown(failure()?),
        "done" | "settled" => JournalEvent::Done { state: word::<State>(row, "state")?, raw_state: text("detail")? },
        "timed_out" => JournalEvent::TimedOut,
        other => return Err(Fault::unreadable("journal event", format!("unknown word {other:?}"))),
    };
    Ok(JournalEntry {
        seq: count(row.get("seq")?),
        entry: NewEntry {
            at: time(row.get("at")?)?,
            run: text("run")?.as_str().into(),
            operation: text("operation")?.as_str().into(),
            account: text("account")?.as_str().into(),
            account_name: text("account_name")?,
            key: text("key")?.parse().map_err(|error| Fault::unreadable("key", error))?,
            name: text("name")?,
            action,
            event,
        },
    })
}

/// Reads the intent of a *sent* entry. One of format 1 kept only its action.
fn intent(row: &Row<'_>, action: Action) -> Result<Intent, Fault> {
    if row.get::<_, Option<String>>("request")?.is_none() {
        return Ok(Intent::of_action(action));
    }
    Ok(Intent {
        request: word::<ActionRequest>(row, "request")?,
        goal: word::<Goal>(row, "goal")?,
        before: word::<State>(row, "prior")?,
        zone: row.get::<_, Option<String>>("zone")?.map(Zone::new),
    })
}
