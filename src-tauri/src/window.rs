//! The one window: its navigation rules and its visibility.

use anyhow::Context as _;
use tauri::{AppHandle, Manager as _, Url, WebviewWindowBuilder, Window, WindowEvent, webview::NewWindowResponse};

use crate::app_loader::AppLoader;

/// The label that the capability list names.
pub const LABEL: &str = "main";

/// Opens the window as `tauri.conf.json` describes it.
pub fn open(host: &AppHandle) -> anyhow::Result<()> {
    let windows = &host.config().app.windows;
    let described = windows.iter().find(|window| window.label == LABEL).context("the window is not described")?;
    WebviewWindowBuilder::from_config(host, described)?
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()?;
    Ok(())
}

/// Allows only the app's own pages. Links in names and tags do nothing; consoles are opened by
/// resource, see [`crate::console`].
fn is_ours(url: &Url) -> bool {
    // WebKit asks for tauri://localhost; WebView2 has no such scheme and asks for this host.
    let host = if cfg!(any(windows, target_os = "android")) { "tauri.localhost" } else { "localhost" };
    let scheme = if cfg!(any(windows, target_os = "android")) { "http" } else { "tauri" };
    url.scheme() == scheme && url.host_str() == Some(host) && url.port().is_none()
}

/// Polls less while the window is not visible, and at once when it is again.
pub fn heard(window: &Window, event: &WindowEvent) {
    if matches!(event, WindowEvent::Resized(_) | WindowEvent::Focused(_))
        && let Some(app) = window.state::<AppLoader>().loaded()
    {
        let hidden = window.is_minimized().unwrap_or(false) || !window.is_visible().unwrap_or(true);
        app.hidden(hidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_shown() {
        let ours = |text: &str| is_ours(&Url::parse(text).unwrap());
        assert!(ours("tauri://localhost"));
        assert!(ours("tauri://localhost/index.html#/accounts"));
        for other in [
            "https://evil.example/",
            "http://localhost/",
            "http://tauri.localhost/",
            "tauri://evil.example/",
            "tauri://localhost.evil.example/",
            "tauri://localhost:8080/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!ours(other), "{other}");
        }
    }
}
