//! The window under WebDriver, as an operator sees it, clicks and types.

use std::{net::TcpListener, path::PathBuf, process::Stdio, time::Duration};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
};
use serde_json::{Value, json};

use super::{
    artifacts,
    desktop::{Camera, Desktop, Size},
    process::{Group, built, until},
};

/// The longest wait for anything on the screen; only a failure reaches it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The app's window. It closes when dropped.
#[derive(Debug)]
pub struct Window {
    client: Client,
    artifacts: PathBuf,
    step: std::cell::Cell<u32>,
    /// Takes a picture of the display; the driver's own screenshot hangs on a page that does not
    /// repaint.
    camera: Camera,
    _driver: Group,
}

impl Window {
    /// Opens the app on the desktop, with `environment` added to the desktop's.
    pub async fn open(desktop: &Desktop, story: &str, environment: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let mut command = desktop.command("WebKitWebDriver");
        command.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        // The app inherits this; without it WebKit refuses automation.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").envs(environment.iter().copied());
        let log = std::fs::File::create(artifacts::directory(story).join("app.log")).expect("a log");
        let driver = Group::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::from(log)));
        let options = json!({"binary": built("nephoscope"), "args": []});
        let capabilities = json!({"webkitgtk:browserOptions": options});
        let capabilities = capabilities.as_object().expect("an object").clone();
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let client = until("the window", PATIENCE, async || builder.connect(&address).await.ok()).await;
        let Size(width, height) = desktop.size();
        client.set_window_rect(0, 0, width, height).await.expect("the window fills the display");
        Self {
            client,
            artifacts: artifacts::directory(story),
            step: std::cell::Cell::new(1),
            camera: desktop.camera(),
            _driver: driver,
        }
    }

    /// Closes the window as an operator would; then the app ends.
    pub async fn close(self) {
        // The driver ends the app; an app that is already gone is no error.
        let _ = self.client.clone().close().await;
    }

    /// Waits for the element with this test id.
    pub async fn find(&self, id: &str) -> Element {
        self.find_css(&format!("[data-testid=\"{id}\"]")).await
    }

    /// Waits for the first element that matches.
    pub async fn find_css(&self, css: &str) -> Element {
        until(css, PATIENCE, async || self.client.find(Locator::Css(css)).await.ok()).await
    }

    /// Returns the number of elements that match now.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.map_or(0, |found| found.len())
    }

    /// Clicks the element with this test id.
    pub async fn click(&self, id: &str) {
        self.click_css(&format!("[data-testid=\"{id}\"]")).await;
    }

    /// Clicks the first element that matches, waiting until it can be clicked.
    pub async fn click_css(&self, css: &str) {
        until(css, PATIENCE, async || {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            // The driver clicks on a disabled button without an error, and nothing happens.
            element.is_enabled().await.ok()?.then_some(())?;
            element.click().await.ok()
        })
        .await;
    }

    /// Replaces the text of the field with this test id.
    pub async fn type_into(&self, id: &str, text: &str) {
        let field = self.find(id).await;
        field.clear().await.expect("a field that can be cleared");
        field.send_keys(text).await.expect("a field that can be typed into");
    }

    /// Presses keys with whatever has the focus, as an operator who has looked at the screen.
    pub async fn press(&self, keys: &str) {
        until("keys that act", PATIENCE, async || {
            (self.count("[data-keys]:not([data-keys=\"armed\"])").await == 0).then_some(())
        })
        .await;
        let focus = self.client.active_element().await.expect("something has the focus");
        focus.send_keys(keys).await.expect("keys");
    }

    /// Presses keys one after the other in one request, as fast as the driver can and without a look.
    pub async fn type_fast(&self, keys: &str) {
        const SHIFT: char = '\u{E008}';
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.chars() {
            let shifted = value.is_ascii_uppercase();
            if shifted {
                actions = actions.then(KeyAction::Down { value: SHIFT });
            }
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
            if shifted {
                actions = actions.then(KeyAction::Up { value: SHIFT });
            }
        }
        self.client.perform_actions(actions).await.expect("keys");
    }

    /// The text of the first element that matches; empty when there is none now.
    pub async fn text(&self, css: &str) -> String {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Returns an attribute of the first element that matches.
    pub async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.client.find(Locator::Css(css)).await.ok()?.attr(name).await.ok()?
    }

    /// Waits until the element's text contains `part`.
    pub async fn see(&self, css: &str, part: &str) {
        let what = format!("{part:?} in {css}");
        until(&what, PATIENCE, async || self.text(css).await.contains(part).then_some(())).await;
    }

    /// Waits until no element matches.
    pub async fn see_gone(&self, css: &str) {
        let what = format!("{css} to go");
        until(&what, PATIENCE, async || (self.count(css).await == 0).then_some(())).await;
    }

    /// Evaluates a script that only reads the page.
    pub async fn read(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("a script that reads")
    }

    /// Takes a screenshot of this step; returns its path.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let step = self.step.get();
        self.step.set(step + 1);
        let path = self.artifacts.join(format!("{step:02}-{name}.png"));
        // Once the page answers, it has drawn everything before.
        self.read("return document.readyState").await;
        self.camera.photograph(&path);
        path
    }
}
