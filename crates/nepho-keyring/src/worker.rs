//! The keyring thread: runs one call at a time, and is replaced if a call never returns.
//!
//! If the caller of a running call gives up, the call's thread is *stuck*: a new thread serves the
//! queue, and the stuck one ends when its call returns. At most [`MAX_STUCK`] threads may be stuck;
//! further calls are refused until one of them ends.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    thread,
};

use crate::{
    backend::{Backend, Opener},
    error::KeyringError,
};

/// Maximum number of threads that may hang in calls that never return.
const MAX_STUCK: usize = 3;

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const GIVEN_UP: u8 = 2;
const DONE: u8 = 3;

/// The state of one call, shared by its caller and the thread.
#[derive(Debug, Default)]
pub(crate) struct CallState(AtomicU8);

impl CallState {
    /// Returns `true` if the caller gave up.
    pub(crate) fn is_given_up(&self) -> bool {
        self.0.load(Ordering::SeqCst) == GIVEN_UP
    }

    fn advance(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// A call. It receives the open keyring or the error from opening it, and may run a second time with
/// a new connection. Returns the state of the connection.
pub(crate) type Call = Box<dyn FnMut(Result<&dyn Backend, KeyringError>, &CallState) -> Connection + Send>;

/// The state of the connection after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// The keyring responded.
    Usable,
    /// The keyring failed, perhaps because the daemon restarted. The next call opens a new connection.
    Lost,
}

struct Job {
    state: Arc<CallState>,
    call: Call,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    has_thread: bool,
    stuck: usize,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    opener: Opener,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic while the lock was held leaves the queue consistent.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue and its thread. Dropping the worker ends the thread once its call returns.
pub(crate) struct Worker(Arc<Shared>);

impl Worker {
    pub(crate) fn new(opener: Opener) -> Self {
        Self(Arc::new(Shared { queue: Mutex::default(), arrived: Condvar::new(), opener }))
    }

    /// Queues the call.
    pub(crate) fn submit(&self, call: Call) -> Result<Pending, KeyringError> {
        let state = Arc::new(CallState::default());
        let mut queue = self.0.queue();
        if queue.stuck >= MAX_STUCK {
            return Err(KeyringError::Unavailable {
                reason: "several calls to it hang; restart the keyring daemon".to_owned(),
            });
        }
        queue.jobs.push_back(Job { state: state.clone(), call });
        ensure_thread(&self.0, &mut queue)?;
        self.0.arrived.notify_one();
        Ok(Pending { state, shared: self.0.clone(), answered: false })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.queue().closed = true;
        self.0.arrived.notify_all();
    }
}

/// A call whose caller waits. Dropping the value before `answered` gives the call up.
pub(crate) struct Pending {
    state: Arc<CallState>,
    shared: Arc<Shared>,
    answered: bool,
}

impl Pending {
    /// Marks the call as answered; its thread continues with the next call.
    pub(crate) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        if self.state.advance(WAITING, GIVEN_UP) {
            return; // the thread skips this call
        }
        let mut queue = self.shared.queue();
        if self.state.advance(RUNNING, GIVEN_UP) {
            queue.stuck += 1;
            queue.has_thread = false;
            if !queue.jobs.is_empty() && queue.stuck < MAX_STUCK {
                // The next `submit` reports a failure to start the thread; waiting callers time out.
                let _ = ensure_thread(&self.shared, &mut queue);
            }
        }
    }
}

fn ensure_thread(shared: &Arc<Shared>, queue: &mut Queue) -> Result<(), KeyringError> {
    if queue.has_thread {
        return Ok(());
    }
    let run = shared.clone();
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || serve(&run))
        .map_err(|error| KeyringError::Unavailable { reason: format!("cannot start its thread: {error}") })?;
    queue.has_thread = true;
    Ok(())
}

fn serve(shared: &Arc<Shared>) {
    let mut backend: Option<Box<dyn Backend>> = None;
    loop {
        let mut job = {
            let mut queue = shared.queue();
            loop {
                if queue.closed {
                    return;
                }
                match queue.jobs.pop_front() {
                    Some(job) => break job,
                    None => queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner),
                }
            }
        };
        if !job.state.advance(WAITING, RUNNING) {
            continue;
        }
        let guard = CallGuard { shared, state: job.state.clone(), settled: false };
        run(shared, &mut backend, &mut job);
        drop(job);
        if guard.settle() == Role::Replaced {
            return;
        }
    }
}

fn run(shared: &Shared, backend: &mut Option<Box<dyn Backend>>, job: &mut Job) {
    let was_open = backend.is_some();
    if backend.is_none() {
        match (shared.opener)() {
            Ok(opened) => *backend = Some(opened),
            Err(error) => {
                (job.call)(Err(error), &job.state);
                return;
            }
        }
    }
    let Some(open) = backend.as_deref() else { return };
    if (job.call)(Ok(open), &job.state) == Connection::Usable {
        return;
    }
    *backend = None;
    // A connection older than the daemon's restart fails once, so one retry uses a new connection.
    if was_open && !job.state.is_given_up() {
        run(shared, backend, job);
    }
}

/// Guard that records the end of a call, even if the call panics.
struct CallGuard<'a> {
    shared: &'a Shared,
    state: Arc<CallState>,
    settled: bool,
}

#[derive(PartialEq, Eq)]
enum Role {
    /// This thread serves the queue.
    Serving,
    /// Another thread replaced this one.
    Replaced,
}

impl CallGuard<'_> {
    /// Records the end of the call and returns the role that this thread has now.
    fn settle(mut self) -> Role {
        self.settled = true;
        self.leave()
    }

    fn leave(&self) -> Role {
        let mut queue = self.shared.queue();
        if self.state.advance(RUNNING, DONE) {
            return Role::Serving;
        }
        queue.stuck = queue.stuck.saturating_sub(1);
        Role::Replaced
    }
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        if !self.settled && self.leave() == Role::Serving {
            self.shared.queue().has_thread = false;
        }
    }
}
