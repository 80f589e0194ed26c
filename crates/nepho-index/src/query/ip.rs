//! Addresses in a query: a full address, a network, or the prefix of an address.

use std::{fmt, net::IpAddr};

use super::pattern::Pattern;

/// A condition on an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IpPattern {
    /// Equal to this address.
    Exactly(IpAddr),
    /// Within the network of this address and this many leading bits.
    Network(IpAddr, u8),
    /// The address's text matches this pattern.
    Written(Pattern),
}

impl IpPattern {
    /// Parses a value; `pattern` is the same value with its `*`s. `None` if no address can match.
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

    /// Returns the common prefix of the text of every matching address; may be empty.
    pub(crate) fn beginning(&self) -> String {
        match self {
            Self::Exactly(address) => address.to_string(),
            // No dot follows the last octet.
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

    /// Returns `true` if every address with the prefix matches.
    pub(crate) fn is_only_a_beginning(&self) -> bool {
        matches!(self, Self::Written(pattern) if pattern.is_beginning())
    }

    /// Returns `true` if `address`, written as `text`, matches.
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
    fn ip_patterns_match_addresses_networks_and_prefixes() {
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
    fn pattern_that_no_address_matches_is_none() {
        for value in ["web", "10.0.0.0/33", "10.0.0/24", "fd00::/129", "10.0.0.0/+8", "10.0.0.0/"] {
            assert_eq!(ip(value), None, "{value}");
        }
    }
}
