//! Keys of service accounts, and the tokens that are signed with them.

use std::{
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    encoding::AsDer as _,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use serde_json::{Value, json};

use super::{
    base64::{decode_url, encode},
    principal::{CLOUD_PLATFORM, Principal, Tokens},
};

/// The longest validity of a self-signed token at Google plus the tolerated clock difference, in
/// seconds.
const LONGEST: u64 = 3600 + 300;

/// A private key and its public key.
#[derive(Debug)]
pub(crate) struct Pair {
    #[cfg(test)]
    pub(crate) keys: KeyPair,
    pub(crate) public: Vec<u8>,
    private: Vec<u8>,
}

/// Returns the key pair of this process, made once because it takes time.
pub(crate) fn pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(new_pair)
}

/// Makes a new key pair.
///
/// # Panics
///
/// If the system has no randomness.
pub(crate) fn new_pair() -> Pair {
    let made = KeyPair::generate(KeySize::Rsa2048).and_then(|keys| {
        let private = keys.as_der()?.as_ref().to_vec();
        let public = keys.public_key().as_ref().to_vec();
        Ok(Pair {
            #[cfg(test)]
            keys,
            public,
            private,
        })
    });
    let Ok(pair) = made else { panic!("no RSA key could be made") };
    pair
}

/// Returns the text of a key file, in the format of Google's console.
pub(crate) fn key_file(email: &str, project: &str, pair: &Pair) -> String {
    let body = encode(&pair.private);
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    let pem = format!("-----BEGIN {0}-----\n{1}\n-----END {0}-----\n", "PRIVATE KEY", lines.join("\n"));
    let file = json!({
        "type": "service_account",
        "project_id": project,
        "private_key_id": "5b1c9a7e0f3d4c62a8e91b7d6f20c3a4d5e6f708",
        "private_key": pem,
        "client_email": email,
        "client_id": "104857600000000000001",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": format!("https://www.googleapis.com/robot/v1/metadata/x509/{}", email.replace('@', "%40")),
        "universe_domain": "googleapis.com"
    });
    format!("{file:#}")
}

/// Returns the principal of a self-signed token: a JWT with the signature of a known account, for
/// these APIs, and not expired. It has the scopes that it claims; with an audience instead of
/// scopes it has all.
pub(crate) fn signed_by(tokens: &Tokens, token: &str) -> Option<Principal> {
    let (content, signature) = token.rsplit_once('.')?;
    let (head, claims) = content.split_once('.')?;
    let parsed = |part: &str| serde_json::from_slice::<Value>(&decode_url(part)?).ok();
    let (head, claims) = (parsed(head)?, parsed(claims)?);
    let (public, principal) = tokens.keys.get(claims["iss"].as_str()?)?;
    if head["alg"] != "RS256" {
        return None;
    }
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(content.as_bytes(), &decode_url(signature)?)
        .ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (begins, ends) = (claims["iat"].as_u64()?, claims["exp"].as_u64()?);
    if ends <= now || begins > now + 300 || ends.saturating_sub(begins) > LONGEST {
        return None;
    }
    let mut principal = principal.clone();
    principal.scopes = match (claims["scope"].as_str(), claims["aud"].as_str()) {
        (Some(scopes), _) => scopes.split_whitespace().map(str::to_owned).collect(),
        (None, Some(audience)) if audience.ends_with("googleapis.com/") || audience.ends_with("/token") => {
            vec![CLOUD_PLATFORM.to_owned()]
        }
        _ => return None,
    };
    Some(principal)
}
