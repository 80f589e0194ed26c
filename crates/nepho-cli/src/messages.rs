//! Texts for people: hostile characters made visible, ages, counts.

use std::borrow::Cow;

use nepho_app::{CacheFault, OpenNote};
use nepho_core::{
    Timestamp,
    network::{AllowedHost, HostPurpose},
    plan::{Refusal, Warning},
};
use nepho_index::{QueryError, QueryErrorCode};

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

/// The reason for contacting a host, and the region that it serves.
pub fn host_purpose(host: &AllowedHost) -> String {
    let purpose = match host.purpose {
        HostPurpose::Compute => "compute API",
        HostPurpose::Projects => "Resource Manager: projects and permissions",
        HostPurpose::Endpoint => "approved endpoint, in place of the cloud's APIs",
        HostPurpose::SignIn => "sign-in (STS)",
        HostPurpose::SsoPortal => "SSO portal: role credentials",
        HostPurpose::SsoToken => "SSO: renewal of the session's token",
        HostPurpose::OauthToken => "OAuth: access token of the signed-in user",
        HostPurpose::TokenExchange => "token exchange (STS)",
        HostPurpose::SubjectToken => "source of the federated identity's token",
        HostPurpose::Impersonation => "access token of the service account",
    };
    match &host.region {
        Some(region) => format!("{purpose} in {region}"),
        None if host.is_pattern() => format!("{purpose} in every other enabled region"),
        None => purpose.to_owned(),
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
        Refusal::NotPermitted => "these credentials may not do that to it".to_owned(),
        Refusal::LocalDisks => {
            "it has local disks, whose contents would be lost; if they may be, add --discard-local-ssd".to_owned()
        }
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
        Warning::Hard => "a hard reset: its operating system is not asked to shut down".to_owned(),
        Warning::PublicIpLost { ip } => format!("its public address {ip} is released"),
        Warning::PublicIpNotChecked => "whether its public address is released could not be found out".to_owned(),
        Warning::ProtectionNotChecked => "whether it is protected was not checked".to_owned(),
        Warning::StaleRow { as_of } => format!("it had not been seen for {}", age(*as_of, now)),
    }
}

/// What is wrong with a query, and where.
pub fn query(error: &QueryError) -> String {
    let QueryError { code, span, word } = error;
    let wrong = match code {
        QueryErrorCode::UnknownKey => "there is no such key",
        QueryErrorCode::UnknownState => "there is no such state",
        QueryErrorCode::UnknownKind => "there is no such kind",
        QueryErrorCode::UnknownProvider => "there is no such provider",
        QueryErrorCode::UnknownMark => "there is no such mark",
        QueryErrorCode::UnknownColumn => "there is no such column to sort by",
        QueryErrorCode::BadAddress => "it is neither an address nor a network",
        QueryErrorCode::EmptyValue => "a value is missing",
        QueryErrorCode::UnterminatedQuote => "a quote has no end",
        QueryErrorCode::NegatedSort => "an order cannot be negated; descending is sort:-COLUMN",
        QueryErrorCode::RepeatedSort => "there is more than one order",
    };
    format!("in the query, at byte {}, {word:?}: {wrong}", span.start)
}

/// What opening the databases had to put right.
pub fn note(note: &OpenNote) -> String {
    match note {
        OpenNote::CacheRebuilt { fault, kept } => {
            let why = match fault {
                CacheFault::Newer => "was written by a newer Nephoscope",
                CacheFault::Damaged => "was damaged",
            };
            let kept = kept.display().to_string();
            format!("the cache {why}; it begins afresh, and a sync fills it. The old one is {}", shown(&kept))
        }
        OpenNote::StateSalvaged { entries, lost, accounts, settings, kept } => {
            let kept = kept.display().to_string();
            format!(
                "the durable database was damaged; saved: {accounts} accounts, {settings} settings, {entries} journal \
                 entries; lost: {lost} journal entries. The damaged file is {}",
                shown(&kept)
            )
        }
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
