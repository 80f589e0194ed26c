//! The process's environment, corrected before anything reads it.
//!
//! Runs first in `main`, while there is one thread. Variables of the operator are kept, except those
//! that would send credentials elsewhere.

use std::ffi::OsString;

use nepho_app::redirects_endpoint;

/// The DMA-BUF renderer of WebKit leaves windows blank on some drivers, and costs memory and time
/// where there is no graphics card.
const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Clears and sets variables.
#[expect(unsafe_code, clippy::disallowed_methods, reason = "called at the top of main, before any thread exists")]
pub fn settle() {
    for name in redirects(std::env::vars_os().map(|(name, _)| name)) {
        // SAFETY: no other thread exists yet, so none can read the environment at the same time.
        unsafe { std::env::remove_var(name) };
    }
    if std::env::var_os(RENDERER).is_none() {
        // SAFETY: as above.
        unsafe { std::env::set_var(RENDERER, "1") };
    }
}

fn redirects(names: impl Iterator<Item = OsString>) -> Vec<OsString> {
    names.filter(|name| name.to_str().is_some_and(redirects_endpoint)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_redirect_of_a_cloud_library_is_found_and_nothing_else() {
        let names = [
            "PATH",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_EC2",
            "AWS_PROFILE",
            "AWS_ENDPOINT_URL_STS",
            "HTTPS_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "NO_PROXY",
            "MY_HTTP_PROXY",
        ];
        let found = redirects(names.into_iter().map(OsString::from));
        let expected = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_STS"];
        assert_eq!(found, [&expected[..], &["HTTPS_PROXY", "http_proxy", "ALL_PROXY"]].concat());
    }
}
