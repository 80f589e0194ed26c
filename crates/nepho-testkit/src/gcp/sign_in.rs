//! Sign-in from the test's side: tokens, keys, and refresh tokens.

use serde_json::json;

use super::{
    GcpDouble, PROJECT, keys,
    principal::{Principal, Refresh, TOKEN},
    serve::locked,
};

/// The client of `gcloud`'s application default credentials, which is not secret.
const CLIENT: (&str, &str) = ("764086051850-nephoscope.apps.googleusercontent.com", "d-nephoscope-lab");

impl GcpDouble {
    /// Returns a bearer token with every permission.
    pub fn token(&self) -> String {
        TOKEN.to_owned()
    }

    /// Accepts a bearer token for this principal.
    pub fn grant(&self, token: &str, principal: Principal) {
        locked(&self.world).tokens.bearers.insert(token.to_owned(), principal);
    }

    /// Rejects a bearer token from now on, as if it had expired.
    pub fn expire(&self, token: &str) {
        locked(&self.world).tokens.bearers.remove(token);
    }

    /// Rejects all tokens that the double made for a refresh token, an exchange or an
    /// impersonation, as if they had expired.
    pub fn expire_made(&self) {
        locked(&self.world).tokens.bearers.retain(|token, _| !token.starts_with("ya29.made-"));
    }

    /// Returns the text of a service account's key file, and accepts its self-signed tokens from
    /// now on. It has every permission that its scopes allow.
    pub fn service_account(&self, email: &str) -> String {
        self.service_account_of(Principal::new(email))
    }

    /// Returns the text of a key file for this principal, and accepts its self-signed tokens.
    pub fn service_account_of(&self, principal: Principal) -> String {
        let pair = keys::pair();
        let file = keys::key_file(&principal.email, PROJECT, pair);
        let mut world = locked(&self.world);
        world.tokens.impersonable.insert(principal.email.clone(), principal.clone());
        world.tokens.keys.insert(principal.email.clone(), (pair.public.clone(), principal));
        file
    }

    /// Returns the text of a key file that the double does not know: its tokens are 401.
    pub fn unknown_service_account(&self, email: &str) -> String {
        keys::key_file(email, PROJECT, keys::pair())
    }

    /// Revokes a service account's key: its tokens are 401 from now on.
    pub fn revoke(&self, email: &str) {
        locked(&self.world).tokens.keys.remove(email);
    }

    /// Returns the text of an `authorized_user` file, as `gcloud auth application-default login`
    /// writes it, with a refresh token that is valid from now on. Its token endpoint is the
    /// double's `/token`.
    pub fn authorized_user(&self, principal: Principal) -> String {
        let token = format!("1//refresh-{}", principal.email);
        let (client_id, client_secret) = CLIENT;
        let file = json!({
            "type": "authorized_user",
            "account": "",
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": token,
            "universe_domain": "googleapis.com"
        });
        let known = Refresh { client_id: client_id.to_owned(), client_secret: client_secret.to_owned(), principal };
        locked(&self.world).tokens.refresh.insert(token, known);
        format!("{file:#}")
    }

    /// Revokes the refresh token of an account: `invalid_grant` from now on.
    pub fn revoke_refresh(&self, email: &str) {
        locked(&self.world).tokens.refresh.retain(|_, known| known.principal.email != email);
    }

    /// Makes the token exchange accept this subject token for the principal.
    pub fn accept_subject(&self, subject_token: &str, principal: Principal) {
        locked(&self.world).tokens.subjects.insert(subject_token.to_owned(), principal);
    }

    /// Lets principals impersonate this service account.
    pub fn impersonable(&self, principal: Principal) {
        locked(&self.world).tokens.impersonable.insert(principal.email.clone(), principal);
    }
}
