//! Google Cloud: projects of one sign-in, whose key is in the keyring once.

use std::{collections::HashMap, fs, path::PathBuf};

use nepho_app::{App, AppError, Environment};
use nepho_core::{
    Access, Account, CredentialSource, FailureCode, ProviderKind,
    report::AddedProject,
    request::{AccountChange, Credentials, NewAccount, NewProjects},
};
use nepho_testkit::gcp::{Fault, GcpDouble, GcpInstance, Principal, Setup};

use crate::harness::{Harness, code};

pub const PROJECTS: [&str; 3] = ["proj-0", "proj-1", "proj-2"];
const ZONE: &str = "europe-west1-b";
const EMAIL: &str = "nephoscope@proj-0.iam.gserviceaccount.com";

/// A cloud with a machine in each of three projects.
pub fn cloud() -> GcpDouble {
    let double = GcpDouble::start(Setup {
        projects: PROJECTS.map(str::to_owned).to_vec(),
        zones: vec![ZONE.to_owned(), "us-central1-a".to_owned()],
        ..Setup::default()
    });
    let double = double.unwrap();
    for project in PROJECTS {
        double.put(GcpInstance::new(project, ZONE, &format!("web-{project}")).label("env", "lab"));
    }
    double
}

/// A machine with a key file of an account that the cloud knows.
pub fn harness(cloud: &GcpDouble) -> (Harness, PathBuf) {
    let harness = Harness::new();
    let file = harness.path().join("key.json");
    fs::write(&file, cloud.service_account(EMAIL)).unwrap();
    (harness, file)
}

fn with_variables(mut harness: Harness, variables: &[(&str, &str)]) -> Harness {
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    harness.environment = Environment::new(move |name| variables.get(name).cloned());
    harness
}

pub fn project(cloud: &GcpDouble, project: &str, credentials: Credentials) -> NewAccount {
    NewAccount {
        provider: ProviderKind::Gcp,
        project: Some(project.to_owned()),
        name: format!("my {project}"),
        credentials,
        endpoint: Some(cloud.endpoint()),
        regions: Vec::new(),
        access: Access::ReadWrite,
        prod: false,
        verify: true,
    }
}

fn projects(cloud: &GcpDouble, projects: &[&str], credentials: Credentials) -> NewProjects {
    NewProjects {
        provider: ProviderKind::Gcp,
        credentials,
        endpoint: Some(cloud.endpoint()),
        projects: projects.iter().map(ToString::to_string).collect(),
        regions: Vec::new(),
        access: Access::ReadOnly,
        prod: false,
    }
}

async fn add_all(app: &App, cloud: &GcpDouble, credentials: Credentials) -> Vec<Account> {
    let outcomes = app.add_projects(projects(cloud, &PROJECTS, credentials)).await.unwrap();
    outcomes.into_iter().map(|one| one.outcome.unwrap()).collect()
}

#[tokio::test]
async fn one_sign_in_is_stored_once_and_goes_with_its_last_account() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    let accounts = add_all(&app, &cloud, Credentials::KeyFile(file.clone())).await;
    let names: Vec<_> = accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, PROJECTS, "each is named after its project");
    assert!(accounts.iter().all(|one| one.source == accounts[0].source && one.principal.as_deref() == Some(EMAIL)));
    let CredentialSource::SignIn(sign_in) = &accounts[0].source else { panic!("{:?}", accounts[0].source) };
    let stored = harness.keyring.list().await.unwrap();
    assert_eq!(
        stored.iter().map(nepho_keyring::Item::user).collect::<Vec<_>>(),
        [format!("{sign_in}/service-account")]
    );

    // The file is not needed any longer, by another process either.
    fs::remove_file(&file).unwrap();
    let next = harness.open().await;
    assert_eq!(next.sync(&[], &[]).await.resources, 3);
    for (left, account) in (0..3).rev().zip(&accounts) {
        assert_eq!(next.remove_account(&account.id).await.unwrap(), None);
        let items = harness.keyring.list().await.unwrap().len();
        assert_eq!(items, usize::from(left > 0), "{left} accounts are left");
        let report = next.sync(&[], &[]).await;
        assert_eq!(report.resources, left, "{:?}", report.scopes);
    }
}

#[tokio::test]
async fn the_same_key_added_again_is_the_same_sign_in() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    let key = || Credentials::KeyFile(file.clone());
    let first = app.add_account(project(&cloud, "proj-0", key())).await.unwrap();
    let later = harness.open().await.add_account(project(&cloud, "proj-1", key())).await.unwrap();
    assert_eq!(first.source, later.source);
    assert_eq!(harness.keyring.list().await.unwrap().len(), 1);
    fs::write(&file, cloud.service_account("other@proj-0.iam.gserviceaccount.com")).unwrap();
    let other = app.add_account(project(&cloud, "proj-2", key())).await.unwrap();
    assert_ne!(first.source, other.source);
    assert_eq!(harness.keyring.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn all_projects_of_a_sign_in_fetch_one_token() {
    let cloud = cloud();
    let user = cloud.authorized_user(Principal::new("ops@nephoscope.example"));
    // The approved endpoint may serve the sign-in where the file says so.
    let user = user.replacen('{', &format!("{{\"token_uri\": \"{}/token\",", cloud.endpoint()), 1);
    let harness = Harness::new();
    let file = harness.path().join("adc.json");
    fs::write(&file, user).unwrap();
    let harness = with_variables(harness, &[("GOOGLE_APPLICATION_CREDENTIALS", &file.display().to_string())]);
    let app = harness.open().await;
    let added = add_all(&app, &cloud, Credentials::ApplicationDefault).await;
    assert!(added.iter().all(|account| account.source == CredentialSource::ApplicationDefault));
    assert_eq!(cloud.count("oauth2.token"), 1, "to be added");
    cloud.forget_requests();
    let next = harness.open().await;
    assert_eq!(next.sync(&[], &[]).await.resources, 3);
    assert_eq!(cloud.count("oauth2.token"), 1, "to be listed");
    assert!(harness.keyring.list().await.unwrap().is_empty(), "nothing of it is stored");
}

#[tokio::test]
async fn one_project_that_fails_leaves_the_others() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    cloud.enable_api("proj-1", false);
    let named = ["proj-0", "proj-1", " proj-0 ", "no project", "proj-2"];
    let outcomes = app.add_projects(projects(&cloud, &named, Credentials::KeyFile(file.clone()))).await.unwrap();
    let said = |one: &AddedProject| (one.project.clone(), one.outcome.as_ref().map(drop).map_err(|error| error.code));
    assert_eq!(
        outcomes.iter().map(said).collect::<Vec<_>>(),
        [
            ("proj-0".to_owned(), Ok(())),
            ("proj-1".to_owned(), Err(FailureCode::NotEnabled)),
            ("no project".to_owned(), Err(FailureCode::Other)),
            ("proj-2".to_owned(), Ok(())),
        ]
    );
    assert_eq!(app.accounts().len(), 2);

    // Those that are here already are refused one by one, and their sign-in stays.
    cloud.enable_api("proj-1", true);
    let outcomes = app.add_projects(projects(&cloud, &PROJECTS, Credentials::KeyFile(file))).await.unwrap();
    let added: Vec<_> = outcomes.iter().map(|one| one.outcome.is_ok()).collect();
    assert_eq!(added, [false, true, false]);
    let error = outcomes[0].outcome.as_ref().unwrap_err();
    assert!(error.message.contains("proj-0"), "{error}");
    assert_eq!(app.sync(&[], &[]).await.resources, 3);
    assert_eq!(harness.keyring.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_another_process_added_meanwhile_is_not_added_again() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let key = || Credentials::KeyFile(file.clone());
    // None of them knows of what the others add.
    let (first, second, third) = (harness.open().await, harness.open().await, harness.open().await);
    first.add_account(project(&cloud, "proj-0", key())).await.unwrap();
    let again = NewAccount { name: "again".to_owned(), ..project(&cloud, "proj-0", key()) };
    assert!(matches!(second.add_account(again).await, Err(AppError::RealmTaken { .. })));
    let outcomes = third.add_projects(projects(&cloud, &["proj-0", "proj-1"], key())).await.unwrap();
    let added: Vec<_> = outcomes.iter().map(|one| one.outcome.is_ok()).collect();
    assert_eq!(added, [false, true]);
    assert_eq!(harness.open().await.sync(&[], &[]).await.resources, 2);
}

#[tokio::test]
async fn a_project_is_added_once_whether_or_not_anybody_signed_in() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    let unseen = |name: &str| NewAccount {
        name: name.to_owned(),
        verify: false,
        ..project(&cloud, "proj-0", Credentials::KeyFile(file.clone()))
    };
    app.add_account(unseen("first")).await.unwrap();
    let again = app.add_account(unseen("second")).await.unwrap_err();
    assert!(matches!(&again, AppError::RealmTaken { name, .. } if name == "first"), "{again:?}");
    // The same name at another endpoint is another project.
    let elsewhere = NewAccount { endpoint: None, ..unseen("third") };
    app.add_account(elsewhere).await.unwrap();
    assert_eq!(app.accounts().len(), 2);
    app.shutdown().await;
}

#[tokio::test]
async fn projects_are_found_and_those_that_are_here_are_marked() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    let endpoint = cloud.endpoint();
    let find = async |app: &App| {
        app.find_projects(ProviderKind::Gcp, Credentials::KeyFile(file.clone()), Some(&endpoint)).await.unwrap()
    };
    app.add_account(project(&cloud, "proj-1", Credentials::KeyFile(file.clone()))).await.unwrap();
    let found = find(&app).await;
    assert_eq!(found.principal, EMAIL);
    let seen: Vec<_> = found.projects.iter().map(|one| (one.project.as_str(), one.added)).collect();
    assert_eq!(seen, [("proj-0", false), ("proj-1", true), ("proj-2", false)]);
    let aws = app.find_projects(ProviderKind::Aws, Credentials::Environment, None).await;
    assert!(matches!(aws, Err(AppError::NotApplicable { .. })), "{aws:?}");
}

#[tokio::test]
async fn credentials_of_another_cloud_are_refused_and_nothing_of_them_is_said() {
    let cloud = cloud();
    let (harness, _) = harness(&cloud);
    let app = harness.open().await;
    let token = "ya29.cAnaRy-token";
    for credentials in [
        Credentials::Environment,
        Credentials::Profile("ops".to_owned()),
        crate::harness::keys("AKIAEXAMPLE"),
        Credentials::Variable(token.to_owned()),
    ] {
        let error = app.add_account(project(&cloud, "proj-0", credentials)).await.unwrap_err();
        assert!(matches!(error, AppError::NotApplicable { .. }), "{error}");
        assert!(!error.to_string().contains(token), "{error}");
    }
    let wrong = NewAccount { provider: ProviderKind::Aws, ..project(&cloud, "proj-0", Credentials::Environment) };
    assert!(matches!(app.add_account(wrong).await, Err(AppError::NotApplicable { .. })), "AWS has no projects");
    let wrong = project(&cloud, "Not A Project", Credentials::ApplicationDefault);
    assert!(matches!(app.add_account(wrong).await, Err(AppError::BadProject { .. })));
    assert!(cloud.exchanges().is_empty() && app.accounts().is_empty());
}

#[tokio::test]
async fn a_token_is_read_from_its_variable_at_each_run() {
    let cloud = cloud();
    let variables = [("TOKEN", &*cloud.token())];
    let harness = with_variables(Harness::new(), &variables);
    let app = harness.open().await;
    let missing = project(&cloud, "proj-0", Credentials::Variable("ELSE".to_owned()));
    let error = app.add_account(missing).await.unwrap_err();
    assert_eq!(error.failure_code(), Some(FailureCode::CredentialsMissing));
    assert!(error.to_string().contains("ELSE"), "{error}");
    let account = app.add_account(project(&cloud, "proj-0", Credentials::Variable("TOKEN".to_owned()))).await.unwrap();
    assert_eq!(account.source, CredentialSource::Variable("TOKEN".to_owned()));
    assert!(harness.keyring.list().await.unwrap().is_empty());

    let harness = with_variables(harness, &[("TOKEN", "")]);
    let next = harness.open().await;
    let report = next.sync(&[], &[]).await;
    let failure = report.scopes[0].failure.as_ref().unwrap();
    assert_eq!(failure.code, FailureCode::CredentialsMissing, "{failure}");
    let harness = with_variables(harness, &variables);
    assert_eq!(harness.open().await.sync(&[], &[]).await.resources, 1);
}

#[tokio::test]
async fn application_default_credentials_are_read_anew_at_each_sign_in() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let harness = with_variables(harness, &[("GOOGLE_APPLICATION_CREDENTIALS", &file.display().to_string())]);
    let app = harness.open().await;
    let account = app.add_account(project(&cloud, "proj-0", Credentials::ApplicationDefault)).await.unwrap();
    assert_eq!(account.principal.as_deref(), Some(EMAIL));
    let found = app.find_accounts().await;
    assert!(found.iter().any(|one| one.source == CredentialSource::ApplicationDefault && one.added), "{found:?}");
    let other = "other@proj-0.iam.gserviceaccount.com";
    fs::write(&file, cloud.service_account(other)).unwrap();
    assert_eq!(app.verify_account(&account.id).await.unwrap().principal, other);
    fs::remove_file(&file).unwrap();
    assert_eq!(code(app.verify_account(&account.id).await), FailureCode::CredentialsMissing);
    let doctor = app.diagnose().await;
    assert!(doctor.iter().any(|one| one.subject == "application default credentials"), "{doctor:?}");
}

#[tokio::test]
async fn a_sign_in_that_is_left_by_its_last_account_is_forgotten() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let harness = with_variables(harness, &[("TOKEN", &cloud.token())]);
    let app = harness.open().await;
    let accounts = add_all(&app, &cloud, Credentials::KeyFile(file.clone())).await;
    let change = |credentials| AccountChange { credentials: Some(credentials), ..AccountChange::default() };
    for (left, account) in (0..3).rev().zip(&accounts) {
        let changed = app.update_account(&account.id, change(Credentials::Variable("TOKEN".to_owned()))).await.unwrap();
        assert_eq!(changed.source, CredentialSource::Variable("TOKEN".to_owned()));
        assert_eq!(harness.keyring.list().await.unwrap().len(), usize::from(left > 0));
    }
    let changed = app.update_account(&accounts[0].id, change(Credentials::KeyFile(file))).await.unwrap();
    assert!(matches!(changed.source, CredentialSource::SignIn(_)));
    assert_eq!(harness.keyring.list().await.unwrap().len(), 1);
    assert_eq!(harness.open().await.sync(&[], &[]).await.resources, 3);
}

#[tokio::test]
async fn a_whole_document_is_fetched_and_stays_when_the_cloud_is_out_of_reach() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    app.add_account(project(&cloud, "proj-0", Credentials::KeyFile(file))).await.unwrap();
    app.sync(&[], &[]).await;
    let key = app.find("web-proj-0")[0].key().clone();
    let part = app.document(&key).await.unwrap();
    assert!(!part.whole && part.as_of.is_some(), "{part:?}");
    assert!(!part.json.contains("shieldedInstanceConfig"), "{}", part.json);
    let whole = app.fetch_document(&key).await.unwrap();
    assert!(whole.whole && whole.json.contains("shieldedInstanceConfig"), "{}", whole.json);
    assert_eq!(app.document(&key).await.unwrap(), whole);
    cloud.break_project("proj-0", Fault::Closed);
    assert!(app.fetch_document(&key).await.unwrap_err().failure_code().is_some());
    assert_eq!(harness.open().await.document(&key).await.unwrap(), whole, "what is stored stays");
}
