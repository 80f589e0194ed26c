//! Base64, in the two alphabets of keys and tokens.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// With padding, as in a PEM file.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for three in bytes.chunks(3) {
        let all = three.iter().fold(0_u32, |all, byte| (all << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = STANDARD[(all >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// URL-safe, without padding, as in a JWT.
#[cfg(test)]
pub(crate) fn encode_url(bytes: &[u8]) -> String {
    encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// URL-safe, without padding, as in a JWT; `None` for invalid text.
pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for four in text.as_bytes().chunks(4) {
        let mut all = 0_u32;
        for letter in four {
            let letter = match letter {
                b'-' => b'+',
                b'_' => b'/',
                b'+' | b'/' => return None,
                other => *other,
            };
            all = (all << 6) | u32::try_from(STANDARD.iter().position(|one| *one == letter)?).ok()?;
        }
        // One letter alone is not a byte.
        let end = if four.len() > 1 { four.len() } else { return None };
        all <<= 6 * (4 - end);
        bytes.extend(&all.to_be_bytes()[1..end]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        assert_eq!(encode(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
        assert_eq!(encode(&[0xfb, 0xff, 0xfe]), "+//+");
        for bytes in [&b""[..], b"a", b"ab", b"abc", &[0xfb, 0xff, 0xfe, 0x00, 0x10]] {
            assert_eq!(decode_url(&encode_url(bytes)).as_deref(), Some(bytes));
        }
        for text in ["a", "ab+d", "a=", "ab cd"] {
            assert_eq!(decode_url(text), None, "{text}");
        }
    }
}
