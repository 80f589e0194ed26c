//! What another process does to an account while this one waits for the cloud.

use std::{net::SocketAddr, time::Duration};

use nepho_app::{App, AppError};
use nepho_core::{
    Account, FailureCode,
    request::{AccountChange, NewAccount},
};
use nepho_keyring::Prompt;
use nepho_testkit::ec2::{Ec2Double, Setup};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinSet,
    time::timeout,
};

use crate::harness::{Harness, KEY_ID, cloud, code, double, keys, lab};

/// A key that the second cloud takes as well: it knows every key.
const OTHER_KEY: &str = "AKIAOTHEROTHEROTHER0";

/// An endpoint with two clouds behind it. The first connection waits, and then leads to the one;
/// all later ones lead to the other at once.
struct Door {
    endpoint: String,
    knocked: oneshot::Receiver<()>,
    open: oneshot::Sender<()>,
    _serving: JoinSet<()>,
}

impl Door {
    async fn before(first: &Ec2Double, later: &Ec2Double) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (first, later) = (address(first), address(later));
        let (knock, knocked) = oneshot::channel();
        let (open, opened) = oneshot::channel();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let (waiting, _) = listener.accept().await.unwrap();
            knock.send(()).unwrap();
            let mut leading = JoinSet::new();
            leading.spawn(async move {
                // A test that failed has dropped the other end.
                if opened.await.is_ok() {
                    lead(waiting, first).await;
                }
            });
            while let Ok((next, _)) = listener.accept().await {
                leading.spawn(lead(next, later));
            }
        });
        Self { endpoint, knocked, open, _serving: serving }
    }
}

fn address(cloud: &Ec2Double) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], cloud.port()))
}

async fn lead(mut from: TcpStream, to: SocketAddr) {
    let mut to = TcpStream::connect(to).await.unwrap();
    // Either end may hang up at any time.
    let _ = copy_bidirectional(&mut from, &mut to).await;
}

/// Two processes, the account as the first of them knows it, and the door before its cloud.
async fn two(harness: &Harness, first: &Ec2Double, later: &Ec2Double) -> (App, App, Account, Door) {
    let door = Door::before(first, later).await;
    let one = harness.open().await;
    let new = NewAccount { verify: false, endpoint: Some(door.endpoint.clone()), ..lab(first) };
    let account = one.add_account(new).await.unwrap();
    (one, harness.open().await, account, door)
}

/// Runs `asking` until the cloud was asked, then `concurrent_changes`, then lets it have its answer.
async fn during<T>(asking: impl Future<Output = T>, door: Door, concurrent_changes: impl Future<Output = ()>) -> T {
    let other = async move {
        timeout(Duration::from_secs(10), door.knocked).await.unwrap().unwrap();
        concurrent_changes.await;
        door.open.send(()).unwrap();
    };
    tokio::join!(asking, other).0
}

async fn stored(harness: &Harness, account: &Account) -> Account {
    harness.open().await.account(account.id.as_str()).unwrap()
}

#[tokio::test]
async fn a_change_while_an_account_is_verified_is_kept() {
    let (harness, cloud) = (Harness::new(), cloud());
    let (one, other, account, door) = two(&harness, &cloud, &cloud).await;
    let rename = async {
        let change = AccountChange { name: Some("renamed".to_owned()), prod: Some(true), ..AccountChange::default() };
        other.update_account(&account.id, change).await.unwrap();
    };
    let identity = during(one.verify_account(&account.id), door, rename).await.unwrap();
    let kept = stored(&harness, &account).await;
    assert_eq!((kept.name.as_str(), kept.prod), ("renamed", true));
    assert_eq!(kept.realm, Some(identity.realm), "and it is pinned");
    assert_eq!(one.account(account.id.as_str()).unwrap(), kept);
}

#[tokio::test]
async fn an_account_that_is_removed_while_it_is_verified_stays_removed() {
    let (harness, cloud) = (Harness::new(), cloud());
    let (one, other, account, door) = two(&harness, &cloud, &cloud).await;
    let remove = async {
        other.remove_account(&account.id).await.unwrap();
    };
    let error = during(one.verify_account(&account.id), door, remove).await.unwrap_err();
    assert!(matches!(error, AppError::UnknownAccount { .. }), "{error}");
    assert!(harness.open().await.accounts().is_empty());
}

#[tokio::test]
async fn the_pin_of_another_process_is_not_overwritten() {
    let (harness, cloud) = (Harness::new(), cloud());
    let elsewhere = double(Setup { account: "999999999999".to_owned(), ..Setup::default() });

    let (one, other, account, door) = two(&harness, &cloud, &elsewhere).await;
    let pin = async {
        other.verify_account(&account.id).await.unwrap();
    };
    assert_eq!(code(during(one.verify_account(&account.id), door, pin).await), FailureCode::WrongAccount);
    let pinned = stored(&harness, &account).await;
    assert!(pinned.realm.as_ref().unwrap().as_str().starts_with("999999999999@"), "{pinned:?}");
    one.remove_account(&account.id).await.unwrap();

    // The same while its credentials are changed: the former ones stay.
    let (one, other, account, door) = two(&harness, &cloud, &elsewhere).await;
    let pin = async {
        other.verify_account(&account.id).await.unwrap();
    };
    cloud.adjust(|setup| setup.key_id = None);
    let change = AccountChange { credentials: Some(keys(OTHER_KEY)), ..AccountChange::default() };
    assert_eq!(code(during(one.update_account(&account.id, change), door, pin).await), FailureCode::WrongAccount);
    let pinned = stored(&harness, &account).await;
    assert!(pinned.realm.as_ref().unwrap().as_str().starts_with("999999999999@"), "{pinned:?}");
    let item = harness.keyring.list().await.unwrap().remove(0);
    assert!(harness.keyring.read(&item, Prompt::Never).await.unwrap().expose().starts_with(KEY_ID));
}
