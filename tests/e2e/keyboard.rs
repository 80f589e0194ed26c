//! The keyboard alone: find, move, open, select and stop, without a pointer.

use super::{
    desktop::{Desktop, Keyring, Size},
    process::until,
    window::{PATIENCE, Window},
};

const ESCAPE: &str = "\u{E00C}";
const ENTER: &str = "\u{E007}";
const DOWN: &str = "\u{E015}";
const UP: &str = "\u{E013}";

/// The key of the row under the cursor.
async fn cursor(window: &Window) -> String {
    window.attribute("[data-testid=\"row\"][data-cursor]", "data-key").await.unwrap_or_default()
}

async fn selected(window: &Window) -> usize {
    window.count("[data-testid=\"row\"][aria-selected=\"true\"]").await
}

#[tokio::test]
async fn an_operator_needs_no_pointer() {
    let desktop = Desktop::new(Keyring::Absent, Size::default()).await;
    desktop.nepho(&["demo"]);
    let window = Window::open(&desktop, "keyboard", &[]).await;
    window.find("row").await;

    // `/` finds; the text typed there is a query, not a command.
    window.press("/").await;
    window.press("staging-web state:running").await;
    window.see("[data-testid=\"row\"][data-index=\"0\"]", "staging-web").await;
    assert_eq!(window.count("[data-testid=\"plan\"]").await, 0, "letters in the query start nothing");
    window.press(ENTER).await;

    // Arrows move, Enter opens, Esc goes back.
    let first =
        until("a row under the cursor", PATIENCE, async || Some(cursor(&window).await).filter(|key| !key.is_empty()))
            .await;
    window.press(DOWN).await;
    let second = until("the cursor to move", PATIENCE, async || {
        Some(cursor(&window).await).filter(|key| !key.is_empty() && *key != first)
    })
    .await;
    window.press(UP).await;
    until("the cursor to move back", PATIENCE, async || (cursor(&window).await == first).then_some(())).await;
    window.press("j").await;
    until("j to move down", PATIENCE, async || (cursor(&window).await == second).then_some(())).await;
    window.press(ENTER).await;
    window.find_css(&format!("[data-testid=\"drawer\"][data-key=\"{second}\"]")).await;
    window.press(ESCAPE).await;
    window.see_gone("[data-testid=\"drawer\"]").await;

    // Space selects two; x plans to stop them; Esc leaves everything as it was.
    window.press(" ").await;
    window.press(DOWN).await;
    window.press(" ").await;
    until("two rows to be selected", PATIENCE, async || (selected(&window).await == 2).then_some(())).await;
    window.press("x").await;
    window.find("plan-target").await;
    assert_eq!(window.count("[data-testid=\"plan-target\"]").await, 2);
    window.screenshot("plan").await;
    window.press(ESCAPE).await;
    window.see_gone("[data-testid=\"plan\"]").await;
    assert_eq!(desktop.nepho(&["journal", "--json"]).trim(), "[]", "nothing was sent");

    // x and Enter stop them, s starts them again.
    window.press("x").await;
    window.find("plan-target").await;
    window.press(ENTER).await;
    window.see_gone("[data-testid=\"plan\"]").await;
    window.type_into("query", "staging-web state:stopped").await;
    let stopped = "[data-testid=\"row\"] [data-testid=\"state\"][data-state=\"stopped\"]";
    until("two stopped rows", PATIENCE, async || (window.count(stopped).await == 2).then_some(())).await;
    window.screenshot("stopped").await;
    window.press(ENTER).await;
    window.press("s").await;
    window.find("plan-target").await;
    window.press(ENTER).await;
    window.see_gone("[data-testid=\"plan\"]").await;
    window.press("ga").await;
    window.find_css("[data-testid=\"journal-entry\"][data-action=\"start\"][data-event=\"done\"]").await;
    window.screenshot("started").await;
}
