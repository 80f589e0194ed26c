//! Text that is typed outside of a text field: after `/`, after a jump to another screen, after a dialog
//! and right after start. Every printable key is pressed twice, as fast as the driver can, and nothing
//! is planned and nothing is sent.

use nepho_testkit::ec2::{Ec2Instance, Setup, id};

use super::{
    desktop::{Keyring, Size},
    hostile::lab::{Lab, row},
    process::until,
    window::{PATIENCE, Window},
};

const REGION: &str = "eu-west-1";
const ESCAPE: char = '\u{E00C}';
const ENTER: char = '\u{E007}';
const DOWN: char = '\u{E015}';
/// Keys of the four screens after `g`.
const SCREENS: [(char, &str); 4] = [('i', "inventory"), ('a', "activity"), ('c', "accounts"), ('s', "settings")];
/// Notes each plan that is ever shown; it listens, it commands nothing.
const LISTEN: &str = r"
    window.__plans = 0;
    const note = () => { if (document.querySelector('[data-testid=plan]')) window.__plans += 1; };
    new MutationObserver(note).observe(document, {subtree: true, childList: true});
    window.__gap = 0;
    let last = Infinity;
    window.addEventListener('keydown', event => {
        window.__gap = Math.max(window.__gap, event.timeStamp - last);
        last = event.timeStamp;
    }, true);
    return true";

/// Every printable key twice; `/` and `?` come last, as they take the keys that follow.
fn every_key() -> String {
    let printable = (' '..='~').filter(|key| !matches!(key, '/' | '?'));
    printable.chain(['/', '?']).flat_map(|key| [key, key]).collect()
}

/// Requests that change something, or that a plan makes before it does.
fn changes(lab: &Lab) -> Vec<String> {
    let seen = lab.cloud.seen().into_iter().map(|seen| seen.action);
    seen.filter(|action| !action.starts_with("Describe") && !action.starts_with("Get")).collect()
}

async fn nothing_happened(lab: &Lab, window: &Window, after: &str) {
    let gap = window.read("return window.__gap").await;
    let plans = window.read("return window.__plans").await;
    assert_eq!(plans, 0, "a plan was shown {after} (the longest pause between two keys was {gap} ms)");
    assert_eq!(changes(lab), Vec::<String>::new(), "requests {after}");
    assert_eq!(lab.json(&["journal"]), serde_json::json!([]), "the journal {after}");
    // A dialog may be open, and the query holds what was typed there.
    window.type_fast(&format!("{ESCAPE}{ESCAPE}{ESCAPE}{ESCAPE}")).await;
    window.see_gone("dialog").await;
}

/// An account with running and stopped instances, and the window right after start.
async fn lab(story: &str) -> (Lab, Window) {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size::default()).await;
    for number in 1..=6 {
        let state = if number % 2 == 0 { nepho_core::State::Running } else { nepho_core::State::Stopped };
        lab.cloud.put(Ec2Instance::new(REGION, &id(number)).named(&format!("web-{number}")).state(state));
    }
    lab.add("lab");
    let window = lab.open(story).await;
    window.read(LISTEN).await;
    (lab, window)
}

async fn jump(window: &Window, key: char, screen: &str) {
    window.press(&format!("g{key}")).await;
    window.find(screen).await;
}

/// A cursor that the operator moved and, if so wanted, a selected row: all that a key needs to act.
async fn choose(window: &Window, selected: bool) {
    jump(window, 'i', "inventory").await;
    window.find_css(&row(&id(1))).await;
    window.press(&DOWN.to_string()).await;
    let on = window.count("[data-testid=\"row\"][aria-selected=\"true\"]").await > 0;
    if on != selected {
        window.press(" ").await;
        let wanted = usize::from(selected);
        until("the selection", PATIENCE, async || {
            (window.count("[data-testid=\"row\"][aria-selected=\"true\"]").await == wanted).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn keys_right_after_start_act_on_nothing() {
    let (lab, window) = lab("stray-keys-start").await;
    window.type_fast(&every_key()).await;
    nothing_happened(&lab, &window, "right after start").await;
    // If the row does not appear, the picture says why.
    window.screenshot("after-start").await;
    window.find_css(&row(&id(1))).await;
    window.type_fast(&every_key()).await;
    nothing_happened(&lab, &window, "with rows that the operator did not choose").await;
    // The same keys act for an operator who looks: the story can fail.
    choose(&window, false).await;
    window.press("x").await;
    window.find("plan").await;
}

#[tokio::test]
async fn keys_after_a_jump_act_on_nothing() {
    let (lab, window) = lab("stray-keys-jump").await;
    for selected in [false, true] {
        for (key, screen) in SCREENS {
            choose(&window, selected).await;
            for next in SCREENS.map(|(next, _)| next) {
                window.type_fast(&format!("g{key}")).await;
                window.type_fast(&format!("g{next}{}", every_key())).await;
                nothing_happened(&lab, &window, &format!("after g {next} on {screen}")).await;
            }
        }
    }
}

#[tokio::test]
async fn text_after_slash_is_a_query_on_every_screen() {
    let (lab, window) = lab("stray-keys-slash").await;
    for selected in [false, true] {
        for (key, screen) in SCREENS {
            choose(&window, selected).await;
            jump(&window, key, screen).await;
            window.type_fast("/nginx").await;
            let typed = window.read("return document.querySelector('[data-testid=query]')?.value").await;
            assert_eq!(typed, "nginx", "typed after / on {screen}");
            nothing_happened(&lab, &window, &format!("after /nginx on {screen}")).await;
            jump(&window, key, screen).await;
            window.type_fast(&format!("/{}{ENTER}{}", every_key(), every_key())).await;
            nothing_happened(&lab, &window, &format!("after / on {screen}")).await;
        }
    }
}

#[tokio::test]
async fn keys_after_escape_from_a_dialog_act_on_nothing() {
    let (lab, window) = lab("stray-keys-dialog").await;
    for selected in [false, true] {
        choose(&window, selected).await;
        window.press("?").await;
        window.find("help").await;
        window.type_fast(&format!("{ESCAPE}{}", every_key())).await;
        nothing_happened(&lab, &window, "after the help").await;
        for (open, dialog) in [("add-account-open", "add-account"), ("remove-account", "remove")] {
            jump(&window, 'c', "accounts").await;
            window.click(open).await;
            window.find(dialog).await;
            window.type_fast(&format!("{ESCAPE}{}", every_key())).await;
            nothing_happened(&lab, &window, &format!("after {dialog}")).await;
        }
        assert_eq!(lab.json(&["accounts", "list"]).as_array().map(Vec::len), Some(1), "the account is still there");
        choose(&window, selected).await;
        window.press("x").await;
        window.find("plan-target").await;
        window.press(&ESCAPE.to_string()).await;
        window.see_gone("[data-testid=\"plan\"]").await;
        // This plan was asked for; no other follows it.
        window.read("window.__plans = 0; return true").await;
        choose(&window, selected).await;
        window.press("x").await;
        window.find("plan-target").await;
        let shown = window.read("const shown = window.__plans; window.__plans = 0; return shown").await;
        assert_ne!(shown, 0, "the listener sees plans");
        window.type_fast(&format!("{ESCAPE}{}", every_key())).await;
        nothing_happened(&lab, &window, "after a plan").await;
    }
}

#[tokio::test]
async fn a_plan_that_has_just_appeared_takes_no_enter() {
    let (lab, window) = lab("stray-keys-plan").await;
    choose(&window, true).await;
    // Enter is under way before the plan is there, and again and again while it appears.
    window.type_fast(&format!("x{}", ENTER.to_string().repeat(40))).await;
    window.find("plan-target").await;
    assert_eq!(lab.json(&["journal"]), serde_json::json!([]));
    // An operator who has read it confirms it.
    window.press(&ENTER.to_string()).await;
    window.see_gone("[data-testid=\"plan\"]").await;
    let stopped = "[data-testid=\"row\"] [data-testid=\"state\"][data-state=\"stopped\"]";
    until("a row more that is stopped", PATIENCE, async || (window.count(stopped).await == 4).then_some(())).await;
    window.screenshot("undo").await;
    // The undo of one stop is one start, which needs no confirmation.
    window.click("toast-undo").await;
    until("the row to run again", PATIENCE, async || (window.count(stopped).await == 3).then_some(())).await;
    assert_eq!(changes(&lab), ["StopInstances", "StartInstances"], "Enter confirmed once, and one undo");
}
