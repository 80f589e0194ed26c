//! Hostile names of instances: the window shows every name as text, writes out characters that
//! would deceive the eye, and never moves, runs or hides anything.

use nepho_testkit::ec2::{Ec2Instance, Setup, id};
use serde_json::{Value, json};

use super::lab::{Lab, row};
use crate::e2e::{
    desktop::{Keyring, Size},
    process::until,
    window::{PATIENCE, Window},
};

/// The names, and the text that the window must show.
const NAMES: [(&str, &str); 14] = [
    ("<img src=x onerror=window.__pwned=1>", "<img src=x onerror=window.__pwned=1>"),
    ("<script>window.__pwned=2</script>", "<script>window.__pwned=2</script>"),
    ("<a href=\"https://evil.example/\">sign in</a>", "<a href=\"https://evil.example/\">sign in</a>"),
    ("https://evil.example/login", "https://evil.example/login"),
    ("javascript:window.__pwned=3", "javascript:window.__pwned=3"),
    ("prod\u{202e}bd-dorp\u{2066}x", "prod\\u{202e}bd-dorp\\u{2066}x"),
    ("we\u{200b}b\u{ad}-\u{feff}1", "we\\u{200b}b\\u{ad}-\\u{feff}1"),
    ("a\tb\nc\rd\u{85}e\u{9b}31m", "a\\u{9}b\\u{a}c\\u{d}d\\u{85}e\\u{9b}31m"),
    ("{{7*7}}${7*7}", "{{7*7}}${7*7}"),
    ("=HYPERLINK(\"https://evil.example\";\"x\")", "=HYPERLINK(\"https://evil.example\";\"x\")"),
    ("\u{62e}\u{627}\u{62f}\u{645}-7", "\u{62e}\u{627}\u{62f}\u{645}-7"),
    ("\u{1f469}\u{200d}\u{1f680} rocket", "\u{1f469}\u{200d}\u{1f680} rocket"),
    ("  spaces  at  both  ends  ", "  spaces  at  both  ends  "),
    ("", ""),
];
const ACCOUNT: &str = "<i>lab</i>";
const TAG: (&str, &str) = ("<b>owner</b>", "<img src=y onerror=window.__pwned=4>\u{202e}");
const GROUP: &str = "<u>asg</u>\u{202e}1";

/// Collects violations of the content policy; it only listens.
const LISTEN: &str = "window.__violations = []; document.addEventListener('securitypolicyviolation', \
                      event => window.__violations.push(event.violatedDirective)); return true";
const PLACE: &str = "return location.href";
/// Reads the harm that a name could have done.
const HARM: &str = "return {pwned: window.__pwned ?? null, violations: window.__violations, \
                    made: [...document.querySelectorAll('img, iframe, object, embed, form[action], a[href], \
                    [onerror], body script, #app b b, #app i i, #app u')].map(one => one.outerHTML)}";

/// The names in the order of their ids, the longest last.
fn names() -> Vec<(String, String)> {
    let long = format!("long-{}", "w".repeat(195));
    let listed = NAMES.iter().map(|(name, shown)| ((*name).to_owned(), (*shown).to_owned()));
    listed.chain([(long.clone(), long)]).collect()
}

fn number(place: usize) -> String {
    id(0xa0 + u64::try_from(place).expect("a small number"))
}

/// The text of `part` in each element that matches `css`, by the end of its key.
async fn texts(window: &Window, css: &str, part: &str) -> Value {
    let script = format!(
        "return Object.fromEntries([...document.querySelectorAll('{css}')].map(one => \
         [one.dataset.key.split(':').pop(), one.querySelector('{part}')?.textContent ?? '']))"
    );
    window.read(&script).await
}

/// Returns all names as the window must show them, by id.
fn expected() -> Value {
    names().into_iter().enumerate().map(|(place, (_, shown))| (number(place), Value::from(shown))).collect()
}

async fn assert_unharmed(window: &Window, place: &Value, during: &str) {
    let harm = window.read(HARM).await;
    assert_eq!(harm, json!({"pwned": null, "violations": [], "made": []}), "{during}");
    assert_eq!(window.read(PLACE).await, *place, "{during}");
}

#[tokio::test]
async fn names_are_text_wherever_they_are_shown() {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size(1920, 1080)).await;
    for (at, (name, _)) in names().iter().enumerate() {
        let named = Ec2Instance::new("us-west-2", &number(at)).named(name).tag(TAG.0, TAG.1);
        lab.cloud.put(if at == 0 { named.group(GROUP) } else { named });
    }
    lab.add(ACCOUNT);
    let window = lab.open("hostile-names").await;
    window.find_css(&row(&number(0))).await;
    window.read(LISTEN).await;
    let place = window.read(PLACE).await;

    // In the table, each name has its id next to it.
    until("every name in the table", PATIENCE, async || {
        let shown = texts(&window, "[data-testid=row]", "[data-testid=name] bdi").await;
        (shown == expected()).then_some(())
    })
    .await;
    for at in 0..names().len() {
        let shown = window.text(&format!("{} [data-testid=\"name\"]", row(&number(at)))).await;
        assert!(shown.contains(&number(at)), "the id is not next to {:?}", names()[at].1);
    }
    window.screenshot("table").await;
    assert_unharmed(&window, &place, "in the table").await;

    // A click on a name opens the drawer, whatever the name contains.
    for at in 0..6 {
        window.click_css(&format!("{} [data-testid=\"name\"]", row(&number(at)))).await;
        window
            .find_css(&format!("[data-testid=\"drawer\"][data-key$=\":{}\"] [data-testid=\"copy-id\"]", number(at)))
            .await;
        let shown = window.read("return document.querySelector('[data-testid=drawer-name]').textContent").await;
        assert_eq!(shown, names()[at].1);
        window.see("[data-testid=\"drawer\"]", &number(at)).await;
        let tags = window.read("return document.querySelector('[data-testid=drawer] .tags').textContent").await;
        let tags = tags.as_str().expect("a text").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(tags.contains("<b>owner</b><img src=y onerror=window.__pwned=4>\\u{202e}"), "{tags}");
        assert_unharmed(&window, &place, "in the drawer").await;
    }
    window.screenshot("drawer").await;
    window.click("tab-raw").await;
    window.see("[data-testid=\"raw\"]", "onerror=window.__pwned=4>\\u{202e}").await;
    window.screenshot("raw").await;
    assert_unharmed(&window, &place, "in the raw document").await;
    window.click("drawer-close").await;

    // In the plan, every name has its id, and the operator can type the confirmation.
    window.click_css(&format!("{} [data-testid=\"row-select\"]", row(&number(5)))).await;
    window.click("act-terminate").await;
    window.find("plan-typed").await;
    window.screenshot("terminate").await;
    window.see("[data-testid=\"plan\"] kbd", &number(5)).await;
    assert_eq!(window.count("[data-testid=\"plan\"] kbd").await, 1, "a name that cannot be typed is asked for");
    window.click("plan-cancel").await;
    window.click("select-all").await;
    window.click("act-stop").await;
    window.find("plan-target").await;
    assert_eq!(texts(&window, "[data-testid=plan-target]", "b bdi").await, expected());
    let ids = texts(&window, "[data-testid=plan-target]", ".mono").await;
    let all: Value = (0..names().len()).map(|at| (number(at), Value::from(number(at)))).collect();
    assert_eq!(ids, all, "each target of a plan names its id");
    window.see("[data-testid=\"plan\"]", "<u>asg</u>\\u{202e}1").await;
    window.see("[data-testid=\"plan\"]", ACCOUNT).await;
    window.screenshot("plan").await;
    assert_unharmed(&window, &place, "in the plan").await;

    // In the journal and in the account's name, too.
    window.click("plan-confirm").await;
    window.see_gone("[data-testid=\"plan\"]").await;
    window.click("nav-activity").await;
    until("every name in the journal", PATIENCE, async || {
        let shown = texts(&window, "[data-testid=journal-entry][data-event=done]", "b bdi").await;
        (shown == expected()).then_some(())
    })
    .await;
    window.screenshot("activity").await;
    assert_unharmed(&window, &place, "in the journal").await;
    window.click("nav-accounts").await;
    window.see("[data-testid=\"account\"] h2", ACCOUNT).await;
    window.screenshot("accounts").await;
    assert_unharmed(&window, &place, "in the accounts").await;
}
