//! Tests of the handle with keyrings that hang, fail and recover.

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use keyring_core::{CredentialStore, Entry, mock};
use nepho_core::Secret;

use crate::{
    Item, Keyring, KeyringError, Prompt, SERVICE,
    backend::{Backend, Opener},
    keyring::Limits,
};

/// A keyring with scripted behaviour.
struct Scripted {
    store: Arc<CredentialStore>,
    locked: AtomicBool,
    gate: Mutex<bool>,
    gate_moved: Condvar,
    unlocks: AtomicUsize,
    opened: AtomicUsize,
    absent: AtomicBool,
    broken: AtomicBool,
}

impl Scripted {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            store: mock::Store::new().expect("a mock store"),
            locked: AtomicBool::new(false),
            gate: Mutex::new(true),
            gate_moved: Condvar::new(),
            unlocks: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            absent: AtomicBool::new(false),
            broken: AtomicBool::new(false),
        })
    }

    fn keyring(self: &Arc<Self>) -> Keyring {
        let script = self.clone();
        let opener: Opener = Arc::new(move || {
            script.opened.fetch_add(1, Ordering::SeqCst);
            if script.absent.load(Ordering::SeqCst) {
                return Err(KeyringError::Unavailable { reason: "no bus".to_owned() });
            }
            script.broken.store(false, Ordering::SeqCst);
            Ok(Box::new(Handle(script.clone())))
        });
        let limits = Limits {
            background: Duration::from_millis(100),
            operator: Duration::from_millis(300),
            backoff: Duration::from_mins(1),
        };
        Keyring::opened_by(opener, limits)
    }

    /// Makes every call wait (`true`), or lets waiting calls continue (`false`).
    fn hang(&self, hang: bool) {
        *self.gate.lock().unwrap() = !hang;
        self.gate_moved.notify_all();
    }

    fn stored(&self) -> Option<Vec<u8>> {
        Entry::new_in_store(&self.store, SERVICE, &item().user()).unwrap().get_secret().ok()
    }
}

struct Handle(Arc<Scripted>);

impl Backend for Handle {
    fn is_locked(&self, _user: Option<&str>) -> Result<bool, KeyringError> {
        let open = self.0.gate.lock().unwrap();
        drop(self.0.gate_moved.wait_while(open, |open| !*open).unwrap());
        if self.0.broken.load(Ordering::SeqCst) {
            return Err(KeyringError::Unavailable { reason: "the connection was closed".to_owned() });
        }
        Ok(self.0.locked.load(Ordering::SeqCst))
    }

    fn unlock(&self) -> Result<(), KeyringError> {
        self.0.unlocks.fetch_add(1, Ordering::SeqCst);
        self.0.locked.store(false, Ordering::SeqCst);
        Ok(())
    }

    fn store(&self) -> &Arc<CredentialStore> {
        &self.0.store
    }
}

fn item() -> Item {
    Item { account: "6f1c".into(), field: "aws".to_owned() }
}

fn secret() -> Secret {
    Secret::new("wJalrXUtnFEMI".to_owned())
}

#[tokio::test]
async fn written_item_is_read_listed_and_deleted() {
    let keyring = Keyring::in_memory();
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap_err(), KeyringError::Missing);
    keyring.write(&item(), secret(), Prompt::Allowed).await.unwrap();
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap().expose(), "wJalrXUtnFEMI");
    keyring.probe(Prompt::Never).await.unwrap();
    assert_eq!(keyring.list().await.unwrap(), [item()]);
    keyring.delete(&item(), Prompt::Allowed).await.unwrap();
    keyring.delete(&item(), Prompt::Allowed).await.unwrap();
    assert!(keyring.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn background_calls_never_prompt() {
    let script = Scripted::new();
    let keyring = script.keyring();
    script.locked.store(true, Ordering::SeqCst);
    assert_eq!(keyring.probe(Prompt::Never).await, Err(KeyringError::Locked));
    assert_eq!(keyring.list().await, Err(KeyringError::Locked));
    assert_eq!(script.unlocks.load(Ordering::SeqCst), 0);
    keyring.write(&item(), secret(), Prompt::Allowed).await.unwrap();
    assert_eq!(script.unlocks.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn hung_call_times_out_and_does_not_block_the_next() {
    let script = Scripted::new();
    let keyring = script.keyring();
    script.hang(true);
    let error = keyring.write(&item(), secret(), Prompt::Allowed).await.unwrap_err();
    assert!(matches!(error, KeyringError::TimedOut { .. }), "{error}");
    script.hang(false);
    keyring.probe(Prompt::Allowed).await.unwrap();
    assert_eq!(script.stored(), None, "a write whose caller gave up must not be carried out");
}

#[tokio::test]
async fn background_calls_back_off_after_a_timeout_until_a_success() {
    let script = Scripted::new();
    let keyring = script.keyring();
    script.hang(true);
    assert!(keyring.probe(Prompt::Never).await.is_err());
    script.hang(false);
    let opened = script.opened.load(Ordering::SeqCst);
    assert!(matches!(keyring.probe(Prompt::Never).await, Err(KeyringError::TimedOut { .. })));
    assert_eq!(script.opened.load(Ordering::SeqCst), opened, "a call reached the keyring during the backoff");
    keyring.probe(Prompt::Allowed).await.unwrap();
    keyring.probe(Prompt::Never).await.unwrap();
}

#[tokio::test]
async fn stuck_threads_are_bounded_and_recover() {
    let script = Scripted::new();
    let keyring = script.keyring();
    script.hang(true);
    for _ in 0..3 {
        let error = keyring.probe(Prompt::Allowed).await.unwrap_err();
        assert!(matches!(error, KeyringError::TimedOut { .. }), "{error}");
    }
    let opened = script.opened.load(Ordering::SeqCst);
    for _ in 0..20 {
        let error = keyring.probe(Prompt::Allowed).await.unwrap_err();
        assert!(matches!(error, KeyringError::Unavailable { .. }), "{error}");
    }
    assert_eq!(script.opened.load(Ordering::SeqCst), opened, "no further thread was started");
    script.hang(false);
    let back = async {
        while keyring.probe(Prompt::Allowed).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back).await.expect("the keyring works again");
}

#[tokio::test]
async fn queued_call_runs_although_the_previous_one_hangs() {
    let script = Scripted::new();
    let keyring = script.keyring();
    script.hang(true);
    let waiting = keyring.clone();
    let hung = async move { waiting.probe(Prompt::Never).await };
    let behind = keyring.clone();
    let queued = async move { behind.write(&item(), secret(), Prompt::Allowed).await };
    let release = async {
        tokio::time::sleep(Duration::from_millis(150)).await; // past the first call's limit
        script.hang(false);
    };
    let (hung, queued, ()) = tokio::join!(hung, queued, release);
    assert!(hung.is_err());
    queued.unwrap();
}

#[tokio::test]
async fn keyring_that_starts_late_or_restarts_is_found() {
    let script = Scripted::new();
    let keyring = script.keyring();
    script.absent.store(true, Ordering::SeqCst);
    let error = keyring.probe(Prompt::Never).await.unwrap_err();
    assert!(matches!(error, KeyringError::Unavailable { .. }), "{error}");
    script.absent.store(false, Ordering::SeqCst);
    keyring.write(&item(), secret(), Prompt::Allowed).await.unwrap();
    script.broken.store(true, Ordering::SeqCst); // the daemon restarts; a new connection works
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap().expose(), "wJalrXUtnFEMI");
}

#[tokio::test]
async fn many_calls_use_one_connection() {
    let script = Scripted::new();
    let keyring = script.keyring();
    for _ in 0..1_000 {
        keyring.write(&item(), secret(), Prompt::Allowed).await.unwrap();
        keyring.read(&item(), Prompt::Never).await.unwrap();
    }
    assert_eq!(script.opened.load(Ordering::SeqCst), 1);
}
