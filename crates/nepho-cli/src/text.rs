//! Texts for people: hostile characters made visible, ages, counts.

use std::borrow::Cow;

use nepho_core::{
    Timestamp,
    plan::{Refusal, Warning},
};

/// A text from outside, with what could deceive a terminal written out.
pub fn shown(text: &str) -> Cow<'_, str> {
    nepho_core::text::visible(text)
}

/// How long ago, in the largest unit that fits: `40s`, `3m`, `5h`, `12d`.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Why a target is refused.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::ReadOnly => "the account is read-only (nepho accounts set NAME --read-write)".to_owned(),
        Refusal::Unsupported => "not possible with this kind".to_owned(),
        Refusal::State(state) => format!("not possible while {state}"),
        Refusal::Protected => "protected in the cloud".to_owned(),
        Refusal::LocalRoot => "its root disk is an instance store: it can be terminated, not stopped".to_owned(),
        Refusal::ManagedBy(owner) => format!("managed by {owner}"),
        Refusal::NotFound => "the cloud does not know it".to_owned(),
        Refusal::ReadFailed(failure) => format!("it could not be read: {failure}"),
    }
}

/// What to know before an action.
pub fn warning(warning: &Warning, now: Timestamp) -> String {
    match warning {
        Warning::GroupMember { group } => format!("member of {group}, which will replace it"),
        Warning::Spot => "a spot instance: the cloud may not give it back".to_owned(),
        Warning::LocalDisksLost => "the contents of its local disks are lost".to_owned(),
        Warning::PublicIpLost { ip } => format!("its public address {ip} is released"),
        Warning::ProtectionNotChecked => "whether it is protected was not checked".to_owned(),
        Warning::StaleRow { as_of } => format!("it had not been seen for {}", age(*as_of, now)),
    }
}

#[cfg(test)]
mod tests {
    use nepho_core::Timestamp;

    use super::age;

    #[test]
    fn ages_use_the_largest_unit_that_fits() {
        let then = Timestamp::UNIX_EPOCH;
        let ages = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 1_000_000]
            .map(|second| age(then, Timestamp::from_second(second).expect("a moment")));
        assert_eq!(ages, ["0s", "59s", "1m", "59m", "1h", "23h", "1d", "11d"]);
        assert_eq!(age(Timestamp::from_second(9).expect("a moment"), then), "0s", "a clock that went back");
    }
}
