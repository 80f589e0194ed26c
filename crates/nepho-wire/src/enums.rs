//! The closed vocabularies: one wire enum per core enum, with the same words.
//!
//! The matches are exhaustive, so a new alternative in core does not compile until it has its
//! word here and the window has its text for it.

use nepho_core as domain;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! mirror_enum {
    ($(#[$doc:meta])* $name:ident mirrors $domain:path { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each alternative is documented where core defines it")]
        pub enum $name {
            $($variant),+
        }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                match word {
                    $(<$domain>::$variant => Self::$variant),+
                }
            }
        }

        impl From<$name> for $domain {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$variant => Self::$variant),+
                }
            }
        }
    };
}
pub(crate) use mirror_enum;

mirror_enum! {
    /// A cloud.
    ProviderKind mirrors domain::ProviderKind { Aws, Gcp, Demo }
}
mirror_enum! {
    /// A kind of resource.
    Kind mirrors domain::Kind { Instance }
}
mirror_enum! {
    /// The normalised power state.
    State mirrors domain::State {
        Pending, Running, Stopping, Stopped, Suspending, Suspended, Terminating, Terminated, Repairing, Unknown,
    }
}
mirror_enum! {
    /// The health.
    Health mirrors domain::Health { Healthy, Degraded, Unhealthy, Unknown }
}
mirror_enum! {
    /// An action on a resource.
    Action mirrors domain::Action { Start, Stop, Reboot, Suspend, Resume, Terminate }
}
mirror_enum! {
    /// The access to an account: read-only, or read and act.
    Access mirrors domain::Access { ReadOnly, ReadWrite }
}
mirror_enum! {
    /// The purchasing model of an instance.
    Lifecycle mirrors domain::resource::Lifecycle { OnDemand, Spot, Other }
}
mirror_enum! {
    /// The class of a failure.
    FailureCode mirrors domain::FailureCode {
        Unauthenticated, PermissionDenied, NotEnabled, WrongAccount, NotFound, InvalidState, Conflict, Throttled,
        CapacityUnavailable, Unsupported, ReadOnly, Unavailable, TimedOut, Malformed, KeyringUnavailable,
        KeyringLocked, SecretMissing, CredentialsMissing, NotSent, Other,
    }
}
mirror_enum! {
    /// The outcome of an action on one target.
    TargetStatus mirrors domain::report::TargetStatus { Sent, Done, Already, Refused, Failed, NotSent, Unknown }
}
mirror_enum! {
    /// A verdict of the self-check.
    CheckStatus mirrors domain::report::CheckStatus { Ok, Warning, Broken }
}
mirror_enum! {
    /// The reason for contacting a host.
    HostPurpose mirrors domain::network::HostPurpose {
        Compute, Projects, Endpoint, SignIn, SsoPortal, SsoToken, OauthToken, TokenExchange, SubjectToken,
        Impersonation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Core's words, the wire's words and the way back are the same.
    macro_rules! same_variants {
        ($($wire:ident = $domain:path),+ $(,)?) => {
            $(for word in <$domain>::ALL {
                let wire = $wire::from(word);
                assert_eq!(serde_json::to_value(wire).unwrap(), word.as_str());
                assert_eq!(<$domain>::from(wire), word);
            })+
        };
    }

    #[test]
    fn every_word_is_the_same_on_both_sides() {
        same_variants!(
            ProviderKind = domain::ProviderKind,
            Kind = domain::Kind,
            State = domain::State,
            Health = domain::Health,
            Action = domain::Action,
            Access = domain::Access,
            Lifecycle = domain::resource::Lifecycle,
            FailureCode = domain::FailureCode,
            TargetStatus = domain::report::TargetStatus,
            CheckStatus = domain::report::CheckStatus,
            HostPurpose = domain::network::HostPurpose,
        );
    }
}
