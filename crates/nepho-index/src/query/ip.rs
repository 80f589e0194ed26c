//! Addresses in a query: one address, a network, or the beginning of an address.

use std::{fmt, net::IpAddr};

use super::pattern::Pattern;

/// What an address has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IpPattern {
    /// This address.
    Exactly(IpAddr),
    /// In the network of this address, with so many leading bits.
    Network(IpAddr, u8),
    /// Written so.
    Written(Pattern),
}

impl IpPattern {
    /// Reads a value; `pattern` is the same value with its `*`s. `None` if it can meet no address.
    pub(super) fn new(value: &str, pattern: Pattern) -> Option<Self> {
        if let Ok(address) = value.parse() {
            return Some(Self::Exactly(address));
        }
        if let Some((address, bits)) = value.split_once('/') {
            let address: IpAddr = address.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let digits = bits.bytes().all(|b| b.is_ascii_digit());
            let bits = bits.parse().ok().filter(|&bits| digits && bits <= most)?;
            return Some(Self::Network(address, bits));
        }
        if !value.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '*')) {
            return None;
        }
        Some(Self::Written(if pattern.literal().is_some() { Pattern::beginning(value) } else { pattern }))
    }

    /// What every address that meets it begins with, as written; may be empty.
    pub(crate) fn beginning(&self) -> String {
        match self {
            Self::Exactly(address) => address.to_string(),
            // The last octet has no dot after it.
            Self::Network(IpAddr::V4(network), bits) => {
                let [a, b, c, _] = network.octets();
                match bits {
                    ..8 => String::new(),
                    8..16 => format!("{a}."),
                    16..24 => format!("{a}.{b}."),
                    24.. => format!("{a}.{b}.{c}."),
                }
            }
            Self::Network(IpAddr::V6(_), _) => String::new(),
            Self::Written(pattern) => pattern.beginning_of_all().to_owned(),
        }
    }

    /// Whether every address that begins so meets it.
    pub(crate) fn is_only_a_beginning(&self) -> bool {
        matches!(self, Self::Written(pattern) if pattern.is_beginning())
    }

    /// Whether `address`, written as `text`, meets it.
    pub(crate) fn is_met(&self, text: &str) -> bool {
        match self {
            Self::Exactly(address) => text.parse() == Ok(*address),
            Self::Network(network, bits) => text.parse().is_ok_and(|address| contains(*network, *bits, address)),
            Self::Written(pattern) => pattern.is_met(text),
        }
    }
}

fn contains(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.leading_zeros() >= u32::from(bits)
        }
        _ => false,
    }
}

impl fmt::Display for IpPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(address) => address.fmt(f),
            Self::Network(address, bits) => write!(f, "{address}/{bits}"),
            Self::Written(pattern) => pattern.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<IpPattern> {
        IpPattern::new(text, Pattern::exactly(text))
    }

    #[test]
    fn an_address_a_network_or_a_beginning() {
        for (value, met, unmet) in [
            ("10.0.0.1", "10.0.0.1", "10.0.0.10"),
            ("10.0.3.0/24", "10.0.3.47", "10.0.4.1"),
            ("10.0.3.9/32", "10.0.3.9", "10.0.3.8"),
            ("10.0.", "10.0.3.1", "110.0.3.1"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("FD00::1", "fd00::1", "fd00::12"),
            ("0.0.0.0/0", "8.8.8.8", "::1"),
        ] {
            let pattern = ip(value).expect(value);
            assert!(pattern.is_met(met), "{value} {met}");
            assert!(!pattern.is_met(unmet), "{value} {unmet}");
        }
    }

    #[test]
    fn what_no_address_can_meet_is_none() {
        for value in ["web", "10.0.0.0/33", "10.0.0/24", "fd00::/129", "10.0.0.0/+8", "10.0.0.0/"] {
            assert_eq!(ip(value), None, "{value}");
        }
    }
}
