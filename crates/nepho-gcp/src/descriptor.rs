//! Properties of GCP that need no credentials: capabilities, console links, `gcloud` commands,
//! documents.

use std::collections::BTreeMap;

use nepho_core::{
    Account, Action, Capabilities, Descriptor, Document, Kind, Resource, State, Zone,
    capability::{ActionMode, ActionRule},
    descriptor::{DocumentError, is_plain, shell_word},
    provider::ActionRequest,
};

use crate::{convert, document, verb};

/// GCP's descriptor.
pub static DESCRIPTOR: GcpDescriptor = GcpDescriptor;

/// The pure half of the GCP provider.
#[derive(Clone, Copy, Debug)]
pub struct GcpDescriptor;

/// Actions and the states that allow them: "Compute Engine instance lifecycle"
/// (<https://cloud.google.com/compute/docs/instances/instance-lifecycle>) and the pages of each
/// action. Only a deletion applies while Google repairs an instance.
static INSTANCES: Capabilities = Capabilities {
    actions: &[
        ActionRule::new(Action::Start, &[State::Stopped], &[State::Running, State::Pending]),
        ActionRule::new(Action::Stop, &[State::Running], &[State::Stopped, State::Stopping])
            .mode(ActionMode::DiscardsLocalDisks),
        // `reset` is a hard reset: the guest OS is not shut down
        // (<https://cloud.google.com/compute/docs/instances/reset-instance>).
        ActionRule::new(Action::Reboot, &[State::Running], &[]).mode(ActionMode::Hard),
        ActionRule::new(Action::Suspend, &[State::Running], &[State::Suspended, State::Suspending])
            .mode(ActionMode::DiscardsLocalDisks),
        ActionRule::new(Action::Resume, &[State::Suspended], &[State::Running, State::Pending]),
        // Google accepts a deletion in every state, also while an instance starts, stops or is
        // repaired: the way out of a stuck one
        // (<https://cloud.google.com/compute/docs/reference/rest/v1/instances/delete>).
        ActionRule::new(
            Action::Terminate,
            &[
                State::Pending,
                State::Running,
                State::Stopping,
                State::Stopped,
                State::Suspending,
                State::Suspended,
                State::Repairing,
            ],
            &[State::Terminating, State::Terminated],
        ),
    ],
    // Each request acts on one instance.
    max_batch: 1,
    lists_part_of_document: true,
};

impl Descriptor for GcpDescriptor {
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities> {
        match kind {
            Kind::Instance => Some(&INSTANCES),
        }
    }

    fn console_url(&self, resource: &Resource) -> Option<String> {
        let zone = resource.zone.as_ref().map(Zone::as_str)?;
        let name = resource.name.as_str();
        let project = convert::project(&resource.key.realm);
        // A custom endpoint has no console. A link contains only names that need no escaping.
        let is_project = project.split(':').count() <= 2 && project.split([':', '.']).all(is_plain);
        if resource.key.realm.as_str().contains('@') || !is_plain(zone) || !is_plain(name) || !is_project {
            return None;
        }
        Some(format!(
            "https://console.cloud.google.com/compute/instancesDetail/zones/{zone}/instances/{name}?project={project}"
        ))
    }

    fn command(&self, account: &Account, request: ActionRequest, resources: &[Resource]) -> Option<String> {
        let first = &resources.first()?.key;
        if resources.iter().any(|one| one.key.region != first.region || one.key.realm != first.realm) {
            return None;
        }
        let project = format!("--project={}", convert::project(&first.realm));
        let mut zones: BTreeMap<&Zone, Vec<&str>> = BTreeMap::new();
        for resource in resources {
            // `gcloud` would read a name that begins with `-` as an option, and would skip an empty one.
            if resource.name.is_empty() || resource.name.starts_with('-') {
                return None;
            }
            zones.entry(resource.zone.as_ref()?).or_default().push(&resource.name);
        }
        let endpoint = account.endpoint.as_ref().map(|endpoint| {
            let root = shell_word(&format!("{}/compute/v1/", endpoint.trim_end_matches('/'))).into_owned();
            format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE={root} ")
        });
        let line = |(zone, names): (&Zone, Vec<&str>)| {
            let zone = format!("--zone={zone}");
            let mut words = vec!["gcloud", "compute", "instances", verb::command(request.action())];
            words.extend(names);
            words.extend([zone.as_str(), project.as_str()]);
            if request.options().discard_local_disks {
                words.push("--discard-local-ssd=true");
            }
            let words: Vec<_> = words.into_iter().map(shell_word).collect();
            format!("{}{}", endpoint.as_deref().unwrap_or_default(), words.join(" "))
        };
        Some(zones.into_iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    fn document_json(&self, document: &Document) -> Result<String, DocumentError> {
        document::json(document)
    }
}

#[cfg(test)]
mod tests {
    use nepho_core::{Access, AccountId, CredentialSource, ProviderKind, Realm, Timestamp};
    use nepho_testkit::instance;

    use super::*;
    use nepho_core::provider::ActionOptions;

    fn resource(realm: &str, zone: &str, name: &str) -> Resource {
        let region = convert::region(zone);
        let builder = instance("1").provider(ProviderKind::Gcp).realm(&Realm::new(realm)).region(region.as_str());
        builder.zone(zone).named(name).build()
    }

    fn account(endpoint: Option<&str>) -> Account {
        Account {
            id: AccountId::new("a"),
            name: "lab".to_owned(),
            provider: ProviderKind::Gcp,
            project: Some("lab-1".to_owned()),
            source: CredentialSource::ApplicationDefault,
            endpoint: endpoint.map(ToOwned::to_owned),
            regions: Vec::new(),
            access: Access::ReadOnly,
            prod: false,
            realm: None,
            principal: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_console_shows_the_instance_in_its_project() {
        let url = |realm, zone, name| DESCRIPTOR.console_url(&resource(realm, zone, name));
        let page =
            "https://console.cloud.google.com/compute/instancesDetail/zones/europe-west1-b/instances/web-1?project=";
        assert_eq!(url("lab-1", "europe-west1-b", "web-1"), Some(format!("{page}lab-1")));
        assert_eq!(url("example.com/app", "europe-west1-b", "web-1"), Some(format!("{page}example.com:app")));
        assert_eq!(url("lab-1@127.0.0.1-8080", "europe-west1-b", "web-1"), None);
        assert_eq!(url("lab-1", "europe-west1-b/../x", "web-1"), None);
        assert_eq!(url("lab-1", "europe-west1-b", "web&x=<script>"), None);
        assert_eq!(url("lab-1", "europe-west1-b", ""), None);
        assert_eq!(url("lab-1&authuser=1", "europe-west1-b", "web-1"), None);
        let mut nowhere = resource("lab-1", "europe-west1-b", "web-1");
        nowhere.zone = None;
        assert_eq!(DESCRIPTOR.console_url(&nowhere), None);
    }

    #[test]
    fn the_command_is_ready_for_a_shell_one_line_for_each_zone() {
        let three = [
            resource("lab-1", "europe-west1-c", "db-1"),
            resource("lab-1", "europe-west1-b", "web-1"),
            resource("lab-1", "europe-west1-c", "db;rm -rf '~'"),
        ];
        let stop = DESCRIPTOR.command(&account(None), Action::Stop.into(), &three);
        let expected = "gcloud compute instances stop web-1 --zone=europe-west1-b --project=lab-1\n\
                        gcloud compute instances stop db-1 'db;rm -rf '\\''~'\\''' --zone=europe-west1-c --project=lab-1";
        assert_eq!(stop.as_deref(), Some(expected));
        for (action, has_flag) in [(Action::Stop, true), (Action::Suspend, true), (Action::Reboot, false)] {
            let options = ActionOptions { discard_local_disks: true, ..ActionOptions::default() };
            let request = ActionRequest::new(action, options).expect("a request");
            let line = DESCRIPTOR.command(&account(None), request, &three[..1]).expect("a command");
            assert_eq!(line.ends_with(" --discard-local-ssd=true"), has_flag, "{line}");
        }
        let lab = [resource("lab-1@127.0.0.1-8080", "europe-west1-b", "web-1")];
        let lab = DESCRIPTOR.command(&account(Some("http://127.0.0.1:8080/")), Action::Terminate.into(), &lab);
        let expected = "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE=http://127.0.0.1:8080/compute/v1/ gcloud compute \
                        instances delete web-1 --zone=europe-west1-b --project=lab-1";
        assert_eq!(lab.as_deref(), Some(expected));
    }

    #[test]
    fn what_no_command_can_say_has_none() {
        let command = |resources: &[Resource]| DESCRIPTOR.command(&account(None), Action::Start.into(), resources);
        let web = || resource("lab-1", "europe-west1-b", "web-1");
        assert!(command(&[web()]).is_some());
        assert_eq!(command(&[]), None);
        assert_eq!(command(&[web(), resource("lab-1", "us-east1-b", "web-1")]), None, "two regions");
        assert_eq!(command(&[web(), resource("lab-2", "europe-west1-b", "web-1")]), None, "two projects");
        assert_eq!(command(&[resource("lab-1", "europe-west1-b", "--flags-file=x")]), None);
        assert_eq!(command(&[resource("lab-1", "europe-west1-b", "")]), None);
    }

    #[test]
    fn every_verb_is_gclouds() {
        let verbs = ["start", "stop", "reset", "suspend", "resume", "delete"];
        for (action, verb) in Action::ALL.into_iter().zip(verbs) {
            let line =
                DESCRIPTOR.command(&account(None), action.into(), &[resource("lab-1", "europe-west1-b", "web-1")]);
            assert!(line.is_some_and(|line| line.starts_with(&format!("gcloud compute instances {verb} "))));
        }
    }

    #[test]
    fn every_action_has_a_rule_and_no_state_is_in_it_twice() {
        let capabilities = DESCRIPTOR.capabilities(Kind::Instance).expect("instances");
        for action in Action::ALL {
            let rule = capabilities.rule(action).expect("a rule");
            assert!(rule.from.iter().all(|state| !rule.already.contains(state)));
            let transitional = rule.from.iter().any(|state| state.is_transitional());
            assert_eq!(transitional, action == Action::Terminate, "{action}");
            let from = |state| rule.from.contains(&state);
            assert_eq!(from(State::Suspended), matches!(action, Action::Resume | Action::Terminate), "{action}");
            assert_eq!(from(State::Stopped), matches!(action, Action::Start | Action::Terminate), "{action}");
            assert_eq!(from(State::Running), !matches!(action, Action::Start | Action::Resume), "{action}");
            assert_eq!(
                rule.mode == ActionMode::DiscardsLocalDisks,
                matches!(action, Action::Stop | Action::Suspend),
                "{action}"
            );
            assert_eq!(rule.mode == ActionMode::Hard, action == Action::Reboot, "{action}");
        }
    }
}
