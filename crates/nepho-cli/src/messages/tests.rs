//! Every word of ours has its text in the shared table, and `nepho` prints exactly that text.

use std::{collections::BTreeSet, fs, path::Path};

use nepho_index::QueryErrorCode;
use nepho_wire::failure::CommandCode;

use super::*;

/// The table as the window has it.
fn table() -> serde_json::Map<String, serde_json::Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/messages/en.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The text of a message without forms.
fn plain(key: &str) -> String {
    table()[key].as_str().unwrap_or_else(|| panic!("{key} has several forms")).to_owned()
}

/// Families of keys, each with the words that must have a text in it.
fn families() -> Vec<(&'static str, Vec<String>)> {
    let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let codes = owned(&FailureCode::ALL.map(FailureCode::as_str));
    let commands: Vec<String> = CommandCode::ALL
        .map(|code| serde_json::to_value(code).unwrap().as_str().unwrap().to_owned())
        .into_iter()
        // The text is that of the failure of this name.
        .filter(|word| word != "not_found")
        .collect();
    vec![
        ("state", owned(&State::ALL.map(State::as_str))),
        ("verdict", owned(&["eligible", "already", "underway", "refused"])),
        ("refusal", owned(&plan::Refusal::WORDS)),
        ("warning", owned(&plan::Warning::WORDS)),
        ("failure", codes.clone()),
        ("advice", [codes, commands.clone()].concat()),
        ("error", commands),
        ("status", owned(&TargetStatus::ALL.map(TargetStatus::as_str))),
        ("check", owned(&CheckStatus::ALL.map(CheckStatus::as_str))),
        ("event", owned(&JournalEvent::WORDS)),
        ("commit", owned(&["expired", "confirmation", "changed", "nothing"])),
        ("query", owned(&QueryErrorCode::ALL.map(QueryErrorCode::as_str))),
    ]
}

#[test]
fn every_word_has_a_text_in_the_shared_table() {
    let missing: Vec<String> = families()
        .into_iter()
        .flat_map(|(family, words)| words.into_iter().map(move |word| format!("{family}_{word}")))
        .filter(|key| !catalogue::has(key))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// A text that no word leads to is left over from a word that was renamed.
#[test]
fn texts_of_a_family_are_those_of_its_words() {
    let beside = ["event_accepted_state", "event_failed_state", "failure_words", "status_failed_scopes"];
    let mut left: BTreeSet<String> = BTreeSet::new();
    for (family, words) in families().into_iter().filter(|(family, _)| *family != "query") {
        let of = |key: &String| key.strip_prefix(family).is_some_and(|rest| rest.starts_with('_'));
        let known = |key: &String| words.iter().any(|word| *key == format!("{family}_{word}"));
        left.extend(table().keys().filter(|key| of(key) && !known(key)).cloned());
    }
    left.retain(|key| !beside.contains(&key.as_str()));
    assert_eq!(left, BTreeSet::new());
}

#[test]
fn states_verdicts_results_and_checks_are_the_table_s() {
    for each in State::ALL {
        assert_eq!(state(each), plain(&format!("state_{each}")));
    }
    for each in TargetStatus::ALL {
        assert_eq!(status(each), plain(&format!("status_{each}")));
    }
    for each in CheckStatus::ALL {
        assert_eq!(check(each), plain(&format!("check_{each}")));
    }
    assert_eq!(verdict(&Verdict::Underway), plain("verdict_underway"));
    assert_eq!(verdict(&Verdict::Refused(Refusal::ReadOnly)), plain("verdict_refused"));
}

#[test]
fn refusals_and_warnings_are_the_table_s() {
    let denied = Failure { code: FailureCode::PermissionDenied, message: "ec2:StopInstances: no".to_owned() };
    let expected = plain("refusal_read_failed").replace("{reason}", "permission denied: ec2:StopInstances: no");
    assert_eq!(refusal(&Refusal::ReadFailed(denied)), expected);
    assert_eq!(refusal(&Refusal::NotPermitted), plain("refusal_not_permitted"));
    let expected = plain("refusal_state").replace("{state}", &plain("state_stopping"));
    assert_eq!(refusal(&Refusal::State(State::Stopping)), expected);
    assert_eq!(refusal(&Refusal::ManagedBy("eks".to_owned())), plain("refusal_managed_by").replace("{service}", "eks"));
    let now = Timestamp::from_second(600).unwrap();
    let old = Warning::StaleRow { as_of: Timestamp::UNIX_EPOCH };
    assert_eq!(warning(&old, now), plain("warning_stale_row").replace("{age}", "10 min ago"));
    assert_eq!(warning(&Warning::Spot, now), plain("warning_spot"));
    let lost = Warning::PublicIpLost { ip: "203.0.113.9".parse().unwrap() };
    assert_eq!(warning(&lost, now), plain("warning_public_ip_lost").replace("{ip}", "203.0.113.9"));
}

#[test]
fn failure_has_its_name_and_its_source_s_words_once() {
    let of = |code, message: &str| failure(&Failure { code, message: message.to_owned() });
    assert_eq!(of(FailureCode::PermissionDenied, "ec2:StopInstances: no"), "permission denied: ec2:StopInstances: no");
    assert_eq!(of(FailureCode::TimedOut, "ec2:StopInstances timed out"), "ec2:StopInstances timed out");
    for code in FailureCode::ALL {
        assert_eq!(of(code, ""), plain(&format!("failure_{code}")));
        assert_eq!(advice(code), plain(&format!("advice_{code}")));
    }
}

#[test]
fn journal_steps_are_the_table_s() {
    let seen = || (State::Stopped, "stopped".to_owned());
    let (state, raw_state) = seen();
    assert_eq!(event(&JournalEvent::Done { state, raw_state }), "done: Stopped");
    let (state, raw_state) = seen();
    let back = event(&JournalEvent::Contradicted { state, raw_state, reason: None });
    assert_eq!(back, plain("event_failed_state").replace("{state}", "Stopped"));
    assert_eq!(event(&JournalEvent::TimedOut), plain("event_timed_out"));
    assert_eq!(
        event(&JournalEvent::Accepted { state: None, raw_state: "STOPPING".to_owned(), ticket: None }),
        "accepted, STOPPING"
    );
}

#[test]
fn queries_commits_and_notes_are_the_table_s() {
    for code in QueryErrorCode::ALL {
        let error = QueryError { code, span: 4..8, word: "stat".to_owned() };
        let expected = plain(&format!("query_{}", code.as_str())).replace("{word}", "stat");
        assert_eq!(query(&error), format!("{expected} (byte 4)"));
    }
    assert_eq!(commit_refusal(&CommitRefusal::Expired), plain("commit_expired"));
    let changed = vec!["aws:1:eu-west-1:instance:i-1".parse().unwrap()];
    assert!(commit_refusal(&CommitRefusal::Changed { changed }).starts_with("1 target changed"));
    let kept = Path::new("cache.db.1").to_owned();
    let rebuilt = note(&OpenNote::CacheRebuilt { fault: CacheFault::Damaged, kept });
    assert_eq!(rebuilt, format!("{} cache.db.1", plain("note_cache_rebuilt")));
}

/// Texts of these families stand in the table alone: here is no literal of two words.
#[test]
fn no_text_of_the_table_is_written_here() {
    let here = include_str!("mod.rs").split("#[cfg(test)]").next().unwrap();
    let code: String = here.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let literals = code.split('"').skip(1).step_by(2);
    let words = |text: &str| text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1).count();
    let written: Vec<&str> = literals
        .filter(|text| text.contains(' ') && words(text) > 1)
        .filter(|text| !text.starts_with('(') && !text.starts_with("{wrong} (byte"))
        .collect();
    assert_eq!(written, [""; 0]);
}

#[test]
fn ages_use_the_largest_unit_that_fits() {
    let then = Timestamp::UNIX_EPOCH;
    let seconds = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 1_000_000];
    let ages = seconds.map(|second| age(then, Timestamp::from_second(second).unwrap()));
    assert_eq!(ages, ["0s", "59s", "1m", "59m", "1h", "23h", "1d", "11d"]);
    assert_eq!(age(Timestamp::from_second(9).unwrap(), then), "0s", "a clock that went back");
    let ago = [0, 59, 60, 86_400, 1_000_000].map(|second| ago(then, Timestamp::from_second(second).unwrap()));
    assert_eq!(ago, ["just now", "59 s ago", "1 min ago", "24 h ago", "11 d ago"]);
}
