//! Properties of AWS that need no credentials: capabilities, console links, `aws` commands, documents.

use nepho_core::{
    Account, Action, Capabilities, CredentialSource, Descriptor, Document, Kind, Resource, State,
    capability::ActionRule,
    descriptor::{DocumentError, is_plain, shell_word},
    provider::{ActionOptions, ActionRequest},
};

use crate::{api::submit::BATCH, document, verb::Verb};

/// AWS's descriptor.
pub static DESCRIPTOR: AwsDescriptor = AwsDescriptor;

/// The pure half of the AWS provider.
#[derive(Clone, Copy, Debug)]
pub struct AwsDescriptor;

/// Actions and the states that allow them: "Instance lifecycle"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>). EC2 does
/// not stop an instance that is still starting, and a reboot of one is useless.
static INSTANCES: Capabilities = Capabilities {
    actions: &[
        ActionRule::new(Action::Start, &[State::Stopped], &[State::Running, State::Pending]),
        // A forced stop ends an earlier stop that is stuck
        // (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/TroubleshootingInstancesStopping.html>).
        ActionRule::new(Action::Stop, &[State::Running], &[State::Stopped, State::Stopping])
            .forced_from(&[State::Running, State::Stopping])
            .hibernating(),
        ActionRule::new(Action::Reboot, &[State::Running], &[]),
        ActionRule::new(
            Action::Terminate,
            &[State::Pending, State::Running, State::Stopping, State::Stopped],
            &[State::Terminating, State::Terminated],
        ),
    ],
    max_batch: BATCH,
    lists_part_of_document: false,
};

impl Descriptor for AwsDescriptor {
    fn capabilities(&self, kind: Kind) -> Option<&'static Capabilities> {
        match kind {
            Kind::Instance => Some(&INSTANCES),
        }
    }

    fn console_url(&self, resource: &Resource) -> Option<String> {
        let region = resource.key.region.as_str();
        let id = &*resource.key.native;
        let realm = resource.key.realm.as_str();
        // A custom endpoint has no console. A link contains only names that need no escaping.
        if realm.contains('@') || !is_plain(region) || !is_plain(id) {
            return None;
        }
        let domain = match realm.split_once('.').map_or("aws", |(partition, _)| partition) {
            "aws" => "console.aws.amazon.com",
            "aws-cn" => "console.amazonaws.cn",
            "aws-us-gov" => "console.amazonaws-us-gov.com",
            _ => return None,
        };
        Some(format!("https://{region}.{domain}/ec2/home?region={region}#InstanceDetails:instanceId={id}"))
    }

    fn command(&self, account: &Account, request: ActionRequest, resources: &[Resource]) -> Option<String> {
        let region = &resources.first()?.key.region;
        // `aws` would read an id that begins with `-` as an option.
        let is_other = |resource: &Resource| resource.key.region != *region || resource.key.native.starts_with('-');
        if resources.iter().any(is_other) {
            return None;
        }
        let verb = Verb::of(request)?.command();
        let mut words = vec!["aws", "ec2", verb, "--region", region.as_str(), "--instance-ids"];
        words.extend(resources.iter().map(|resource| &*resource.key.native));
        let ActionOptions { force, hibernate, .. } = request.options();
        words.extend(force.then_some("--force"));
        words.extend(hibernate.then_some("--hibernate"));
        if let CredentialSource::Profile(profile) = &account.source {
            words.extend(["--profile", profile.as_str()]);
        }
        if let Some(endpoint) = &account.endpoint {
            words.extend(["--endpoint-url", endpoint.as_str()]);
        }
        Some(words.into_iter().map(shell_word).collect::<Vec<_>>().join(" "))
    }

    fn document_json(&self, document: &Document) -> Result<String, DocumentError> {
        document::json(document)
    }
}

#[cfg(test)]
mod tests {
    use nepho_core::{Access, AccountId, ProviderKind, Realm, Timestamp};
    use nepho_testkit::instance;

    use super::*;

    fn resource(realm: &str, region: &str, id: &str) -> Resource {
        instance(id).realm(&Realm::new(realm)).region(region).build()
    }

    fn account(source: CredentialSource, endpoint: Option<&str>) -> Account {
        Account {
            id: AccountId::new("a"),
            name: "lab".to_owned(),
            provider: ProviderKind::Aws,
            project: None,
            source,
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
    fn console_is_that_of_the_partition() {
        let url = |realm, region, id| DESCRIPTOR.console_url(&resource(realm, region, id));
        assert_eq!(
            url("1", "eu-west-1", "i-0ab").as_deref(),
            Some("https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0ab")
        );
        assert!(
            url("aws-cn.1", "cn-north-1", "i-1")
                .is_some_and(|url| url.starts_with("https://cn-north-1.console.amazonaws.cn/"))
        );
        assert!(url("aws-us-gov.1", "us-gov-west-1", "i-1").is_some_and(|url| url.contains("amazonaws-us-gov.com")));
        assert_eq!(url("1@127.0.0.1-5000", "eu-west-1", "i-1"), None);
        assert_eq!(url("1", "evil.example/", "i-1"), None);
        assert_eq!(url("1", "eu-west-1", "i-1&x=<script>"), None);
    }

    #[test]
    fn command_is_ready_for_a_shell() {
        let both = [resource("1", "eu-west-1", "i-1"), resource("1", "eu-west-1", "i-2;rm -rf '~'")];
        let stop = DESCRIPTOR.command(&account(CredentialSource::Keyring, None), Action::Stop.into(), &both);
        let expected = r"aws ec2 stop-instances --region eu-west-1 --instance-ids i-1 'i-2;rm -rf '\''~'\'''";
        assert_eq!(stop.as_deref(), Some(expected));
        let profile = account(CredentialSource::Profile("my ops".to_owned()), Some("http://127.0.0.1:5000"));
        assert_eq!(
            DESCRIPTOR.command(&profile, Action::Terminate.into(), &both[..1]).as_deref(),
            Some(
                "aws ec2 terminate-instances --region eu-west-1 --instance-ids i-1 --profile 'my ops' --endpoint-url http://127.0.0.1:5000"
            )
        );
        let elsewhere = [resource("1", "eu-west-1", "i-1"), resource("1", "eu-west-2", "i-2")];
        assert_eq!(DESCRIPTOR.command(&profile, Action::Start.into(), &elsewhere), None);
        assert_eq!(DESCRIPTOR.command(&profile, Action::Start.into(), &[]), None);
        let option = [resource("1", "eu-west-1", "--debug")];
        assert_eq!(DESCRIPTOR.command(&profile, Action::Start.into(), &option), None);
    }

    #[test]
    fn every_verb_has_a_rule_and_no_state_is_in_it_twice() {
        let capabilities = DESCRIPTOR.capabilities(Kind::Instance).expect("instances");
        for action in Action::ALL {
            let rule = capabilities.rule(action);
            assert_eq!(rule.is_some(), Verb::of(action.into()).is_some(), "{action}");
            let Some(rule) = rule else { continue };
            assert!(rule.from.iter().all(|state| !rule.already.contains(state)));
        }
        assert!(!capabilities.rule(Action::Start).expect("a rule").from.contains(&State::Terminated));
    }
}
