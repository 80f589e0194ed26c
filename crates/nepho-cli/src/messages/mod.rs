//! Texts for people. States, verdicts, reasons, warnings and errors come from the table that the
//! window uses too, see [`catalogue`]; no text of these stands in this crate.

mod catalogue;

use std::{borrow::Cow, path::Path};

use nepho_core::{
    Failure, FailureCode, State, Timestamp,
    journal::JournalEvent,
    network::AllowedHost,
    plan::{CommitRefusal, Refusal, Verdict, Warning},
    report::{CheckStatus, TargetStatus},
    status::{CacheFault, OpenNote},
};
use nepho_index::QueryError;
use nepho_wire::plan;

use catalogue::text;

/// Writes out the characters of a text from outside that could deceive a terminal.
pub fn shown(text: &str) -> Cow<'_, str> {
    nepho_core::text::visible(text)
}

/// Returns the age in the largest unit that fits: `40s`, `3m`, `5h`, `12d`.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Returns the age as a sentence has it, in the window's units: `5 min ago`.
fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    let (key, count) = match seconds {
        ..1 => return text("age_just_now", &[]),
        1..60 => ("age_seconds", seconds),
        60..3_600 => ("age_minutes", seconds / 60),
        3_600..172_800 => ("age_hours", seconds / 3_600),
        _ => ("age_days", seconds / 86_400),
    };
    text("age_ago", &[("age", &text(key, &[("count", &count.to_string())]))])
}

/// Returns the text of a state.
pub fn state(state: State) -> String {
    text(&format!("state_{state}"), &[])
}

/// Returns the text of a verdict; [`refusal`] has the reason.
pub fn verdict(verdict: &Verdict) -> String {
    let word = match verdict {
        Verdict::Eligible => "eligible",
        Verdict::Already => "already",
        Verdict::Underway => "underway",
        Verdict::Refused(_) => "refused",
    };
    text(&format!("verdict_{word}"), &[])
}

/// Returns the text of a result.
pub fn status(status: TargetStatus) -> String {
    text(&format!("status_{status}"), &[])
}

/// Returns the text of the result of a check.
pub fn check(status: CheckStatus) -> String {
    text(&format!("check_{status}"), &[])
}

/// Returns the reason for contacting a host, and the region that it serves.
pub fn host_purpose(host: &AllowedHost) -> String {
    let purpose = text(&format!("purpose_{}", host.purpose), &[]);
    match &host.region {
        Some(region) => text("host_in_region", &[("purpose", &purpose), ("region", region.as_str())]),
        None if host.is_pattern() => text("host_in_any_region", &[("purpose", &purpose)]),
        None => purpose,
    }
}

/// Returns the reason for a refusal.
pub fn refusal(refusal: &Refusal) -> String {
    let key = format!("refusal_{}", plan::Refusal::from(refusal).word());
    match refusal {
        Refusal::State(of) => text(&key, &[("state", &state(*of))]),
        Refusal::ManagedBy(owner) => text(&key, &[("service", owner)]),
        Refusal::ReadFailed(reason) => text(&key, &[("reason", &failure(reason))]),
        Refusal::ReadOnly
        | Refusal::Unsupported
        | Refusal::Protected
        | Refusal::LocalRoot
        | Refusal::NotPermitted
        | Refusal::LocalDisks
        | Refusal::HibernationDisabled
        | Refusal::NotFound => text(&key, &[]),
    }
}

/// Returns the option or the command that would lift a refusal, where there is one.
pub const fn remedy(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::ReadOnly => Some("(nepho accounts set NAME --read-write)"),
        Refusal::LocalDisks => Some("(--discard-local-ssd)"),
        _ => None,
    }
}

/// Returns the text of a warning.
pub fn warning(warning: &Warning, now: Timestamp) -> String {
    let key = format!("warning_{}", plan::Warning::from(warning).word());
    match warning {
        Warning::GroupMember { group } => text(&key, &[("group", group)]),
        Warning::PublicIpLost { ip } => text(&key, &[("ip", &ip.to_string())]),
        Warning::StaleRow { as_of } => text(&key, &[("age", &ago(*as_of, now))]),
        Warning::Spot
        | Warning::LocalDisksLost
        | Warning::Hard
        | Warning::PublicIpNotChecked
        | Warning::ProtectionNotChecked => text(&key, &[]),
    }
}

/// Returns the text of a failure: its class and the words of its source, nothing twice.
pub fn failure(failure: &Failure) -> String {
    let reason = failure_name(failure.code);
    let words = failure.message.trim();
    if words.is_empty() {
        reason
    } else if words.to_lowercase().contains(&reason.to_lowercase()) {
        words.to_owned()
    } else {
        text("failure_words", &[("reason", &reason), ("words", words)])
    }
}

/// Returns the name of a class of failures.
fn failure_name(code: FailureCode) -> String {
    text(&format!("failure_{code}"), &[])
}

/// Returns the advice for a failure.
pub fn advice(code: FailureCode) -> String {
    text(&format!("advice_{code}"), &[])
}

/// Returns the text of a step of the journal.
pub fn event(event: &JournalEvent) -> String {
    let key = format!("event_{}", event.as_str());
    match event {
        JournalEvent::Accepted { raw_state, .. } if !raw_state.is_empty() => {
            text("event_accepted_state", &[("state", raw_state)])
        }
        JournalEvent::Sent(_) | JournalEvent::Accepted { .. } | JournalEvent::TimedOut => text(&key, &[]),
        JournalEvent::NotSent(failure)
        | JournalEvent::Refused(failure)
        | JournalEvent::Failed(failure)
        | JournalEvent::Unknown(failure) => text(&key, &[("reason", &failure_name(failure.code))]),
        JournalEvent::Done { state: seen, .. } => text(&key, &[("state", &state(*seen))]),
        JournalEvent::Contradicted { state: seen, .. } => text("event_failed_state", &[("state", &state(*seen))]),
    }
}

/// Returns the reason why a commit was refused.
pub fn commit_refusal(refusal: &CommitRefusal) -> String {
    match refusal {
        CommitRefusal::Expired => text("commit_expired", &[]),
        CommitRefusal::Confirmation => text("commit_confirmation", &[]),
        CommitRefusal::Changed { changed } => text("commit_changed", &[("count", &changed.len().to_string())]),
        CommitRefusal::Nothing => text("commit_nothing", &[]),
    }
}

/// Returns the error in a query, and its byte offset.
pub fn query(error: &QueryError) -> String {
    let wrong = text(&format!("query_{}", error.code.as_str()), &[("word", &error.word)]);
    format!("{wrong} (byte {})", error.span.start)
}

/// Returns the note that an account's secret could not be deleted.
pub fn secret_left(name: &str, reason: &Failure) -> String {
    format!("{} ({})", text("secret_left", &[("name", name)]), failure(reason))
}

/// Returns the note that the full document could not be read.
pub fn no_full_document(reason: &str) -> String {
    text("raw_failed", &[("reason", reason)])
}

/// Returns the text of a repair that opening the databases made.
pub fn note(note: &OpenNote) -> String {
    let at = |text: String, kept: &Path| format!("{text} {}", shown(&kept.display().to_string()));
    match note {
        OpenNote::CacheRebuilt { fault: CacheFault::Newer, kept } => at(text("note_cache_newer", &[]), kept),
        OpenNote::CacheRebuilt { fault: CacheFault::Damaged, kept } => at(text("note_cache_rebuilt", &[]), kept),
        OpenNote::StateSalvaged { entries, lost, kept, .. } => {
            let (entries, lost) = (entries.to_string(), lost.to_string());
            at(text("note_state_salvaged", &[("entries", &entries), ("lost", &lost)]), kept)
        }
    }
}

#[cfg(test)]
mod tests;
