//! Text typed where it was not meant: it makes no plan and sends nothing, on any screen.

use nepho_testkit::ec2::{Ec2Instance, Setup, id};

use super::{
    desktop::{Keyring, Size},
    hostile::lab::Lab,
    process::until,
    window::{PATIENCE, Window},
};

const ESCAPE: &str = "\u{E00C}";
const DOWN: &str = "\u{E015}";
/// The requests that an action, a plan or a sync makes.
const REQUESTS: [&str; 8] = [
    "StartInstances",
    "StopInstances",
    "RebootInstances",
    "TerminateInstances",
    "DescribeInstanceAttribute",
    "DescribeInstanceTypes",
    "DescribeInstances",
    "DescribeRegions",
];
const SCREENS: [&str; 4] = ["gi", "ga", "gc", "gs"];

/// Every printable key, twice: upwards, downwards, and without the keys that lead into a text field
/// or a dialog, so that all others reach the screen.
fn texts() -> [String; 3] {
    let twice = |keys: &mut dyn Iterator<Item = char>| keys.flat_map(|key| [key, key]).collect::<String>();
    [
        twice(&mut (' '..='~')),
        twice(&mut (' '..='~').rev()),
        twice(&mut (' '..='~').filter(|key| !['/', '?', 'g'].contains(key))),
    ]
}

struct Typist {
    lab: Lab,
    window: Window,
}

impl Typist {
    /// A window over two regions with instances that could be started and stopped.
    async fn new() -> Self {
        let lab = Lab::new(Setup::default(), Keyring::Absent, Size::default()).await;
        for (number, region) in [(1, "eu-west-1"), (2, "us-east-1"), (3, "eu-west-1")] {
            lab.cloud.put(Ec2Instance::new(region, &id(number)).named(&format!("web-{number}")));
        }
        lab.add("lab");
        let window = lab.open("typing").await;
        Self { lab, window }
    }

    fn requests(&self) -> usize {
        REQUESTS.iter().map(|operation| self.lab.cloud.count(operation)).sum()
    }

    /// Types `text` in one go. It must make no plan and no request.
    async fn types(&self, what: &str, text: &str) {
        let before = self.requests();
        self.window.press(text).await;
        // A plan that was begun would be on screen, or sent, by the time that keys act again.
        self.rest().await;
        assert_eq!(self.window.count("[data-testid=\"plan\"]").await, 0, "{what}: a plan");
        assert_eq!(self.requests(), before, "{what}: requests at the cloud");
        assert_eq!(self.lab.json(&["journal"]), serde_json::json!([]), "{what}: the journal");
    }

    /// Waits until no change settles and no request is under way.
    async fn rest(&self) {
        until("the window to settle", PATIENCE, async || {
            let settled = self.window.count("[data-testid=\"app\"][data-settling=\"false\"]").await == 1;
            let syncing = self.window.count("[data-testid=\"sync-progress\"]").await > 0;
            (settled && !syncing).then_some(())
        })
        .await;
    }

    /// Closes whatever the last text opened: a dialog, the drawer, the selection, the query.
    async fn escape(&self) {
        for _ in 0..4 {
            self.window.press(ESCAPE).await;
        }
        self.window.see_gone("dialog").await;
        self.rest().await;
    }

    async fn go(&self, screen: &str) {
        self.escape().await;
        self.window.press(screen).await;
        self.rest().await;
    }
}

#[tokio::test]
async fn typed_text_makes_no_plan_and_no_request() {
    let typist = Typist::new().await;
    // Right after start, before or while the rows appear. The first sync may still run, so only what
    // plans and acts counts.
    typist.window.press(&texts()[2]).await;
    typist.window.find("status-bar").await;
    typist.rest().await;
    for operation in &REQUESTS[..6] {
        assert_eq!(typist.lab.cloud.count(operation), 0, "{operation} right after start");
    }
    for text in texts() {
        for screen in SCREENS {
            typist.go(screen).await;
            typist.types(&format!("/ on {screen}"), &format!("/{text}")).await;
            typist.escape().await;
            typist.types(&format!("after {screen}"), &format!("{screen}{text}")).await;
        }
    }
}

#[tokio::test]
async fn typed_text_after_a_dialog_makes_no_plan_and_no_request() {
    let typist = Typist::new().await;
    typist.window.find("row").await;
    for text in texts() {
        // The plan: the operator has chosen a row, looks at the plan and leaves it.
        typist.go("gi").await;
        typist.window.press(DOWN).await;
        typist.window.command("x").await;
        typist.window.find("plan-target").await;
        typist.types("after the plan", &format!("{ESCAPE}{text}")).await;

        typist.go("gi").await;
        typist.window.press("?").await;
        typist.window.find("help").await;
        typist.types("after the help", &format!("{ESCAPE}{text}")).await;

        typist.go("gc").await;
        typist.window.click("add-account-open").await;
        typist.window.find("add-account").await;
        typist.types("after adding", &format!("{ESCAPE}{text}")).await;

        typist.go("gc").await;
        typist.window.click("remove-account").await;
        typist.window.find("remove").await;
        typist.types("after removing", &format!("{ESCAPE}{text}")).await;
    }
}

#[tokio::test]
async fn a_plan_that_has_just_appeared_takes_no_enter() {
    let typist = Typist::new().await;
    typist.window.find("row").await;
    typist.go("gi").await;
    typist.window.press(DOWN).await;
    // The Enter is under way before the plan is on screen, and once more after it.
    typist.window.command("x\u{E007}").await;
    typist.window.find("plan-target").await;
    typist.window.press("\u{E007} ").await;
    assert_eq!(typist.window.count("[data-testid=\"plan\"]").await, 1, "the plan stays");
    assert_eq!(typist.lab.cloud.count("StopInstances"), 0);
    // Read, it takes one.
    typist.window.enter("plan").await;
    typist.window.see_gone("[data-testid=\"plan\"]").await;
    until("the stop", PATIENCE, async || (typist.lab.cloud.count("StopInstances") == 1).then_some(())).await;
    // The toast offers the way back, as a plan of its own.
    typist.window.click("toast-undo").await;
    typist.window.find("plan").await;
}
