//! The commands that Nephoscope copies, run by a shell: Google's own command line has the effect
//! that Nephoscope would have had.

use std::process::{Command, Output};

use nepho_app::{App, Environment, HostKind, Keyring, Options};
use nepho_core::{
    Action, ResourceKey,
    provider::{ActionRequest, StopOptions},
};
use nepho_testkit::{
    gcp::{GcpDouble, GcpInstance},
    skip_without,
};

use super::{
    gcp::{ZONE, gcp, operator_of},
    harness::Nepho,
};

/// Returns the text of the window's *copy as command*: the façade over the data that `nepho`
/// stored.
async fn copied(nepho: &Nepho, request: ActionRequest, names: &[&str]) -> String {
    let options = Options {
        data_dir: Some(nepho.data()),
        environment: Environment::new(|_| None),
        keyring: Keyring::in_memory(),
        ..Options::new(HostKind::CommandLine)
    };
    let app = App::open(options).await.expect("the data of nepho");
    app.ready().await;
    let key = |name: &&str| -> ResourceKey {
        let shown = nepho.json(&["show", name], 0);
        shown["key"].as_str().expect("a key").parse().expect("a key")
    };
    let keys: Vec<_> = names.iter().map(key).collect();
    let command = app.command(request, &keys).expect("cached rows").expect("a command");
    app.shutdown().await;
    command
}

/// Runs a pasted command in a shell that is signed in, with another project and endpoint in its
/// settings.
fn paste(cloud: &GcpDouble, nepho: &Nepho, command: &str) -> Output {
    let mut shell = Command::new("sh");
    for (name, value) in cloud.gcloud(&nepho.home().join("gcloud"), "another-project").get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    // No server answers there.
    shell.env("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", "http://127.0.0.1:1/compute/v1/");
    shell.args(["-e", "-c", command]).output().expect("a shell")
}

#[tokio::test]
async fn google_s_command_line_does_what_was_copied() {
    if skip_without("cli::gcloud::google_s_command_line_does_what_was_copied", &["gcloud"]) {
        return;
    }
    // Its process has no runtime, while a test has one.
    let cloud = std::thread::spawn(gcp).join().expect("a double");
    // gcloud sleeps between its polls, so one wait covers them all.
    cloud.adjust(|setup| setup.wait_steps = 3);
    cloud.put(GcpInstance::new("proj-0", ZONE, "web-3"));
    cloud.put(GcpInstance::new("proj-0", ZONE, "scratch").local_ssd());
    let nepho = operator_of(&cloud);
    let status = |zone: &str, name: &str| cloud.status("proj-0", zone, name).expect("there");
    let done = |command: &str| {
        let output = paste(&cloud, &nepho, command);
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    };

    let stop = copied(&nepho, Action::Stop.into(), &["web-1", "db-1", "web-3"]).await;
    assert_eq!(stop.lines().count(), 2, "a line for each zone: {stop}");
    done(&stop);
    for (zone, name) in [(ZONE, "web-1"), (ZONE, "web-3"), ("us-central1-a", "db-1")] {
        assert_eq!(status(zone, name), "TERMINATED", "{stop}");
    }
    assert_eq!((status(ZONE, "scratch").as_str(), cloud.mutations()), ("RUNNING", 3));
    done(&copied(&nepho, Action::Start.into(), &["web-1"]).await);
    assert_eq!((status(ZONE, "web-1").as_str(), status(ZONE, "web-3").as_str()), ("RUNNING", "TERMINATED"));

    let keeping = copied(&nepho, Action::Stop.into(), &["scratch"]).await;
    assert!(!paste(&cloud, &nepho, &keeping).status.success(), "without a word about local SSDs it is refused");
    assert_eq!(status(ZONE, "scratch"), "RUNNING");
    done(
        &copied(
            &nepho,
            ActionRequest::Stop(StopOptions { discard_local_disks: true, ..StopOptions::default() }),
            &["scratch"],
        )
        .await,
    );
    assert_eq!(status(ZONE, "scratch"), "TERMINATED");
}
