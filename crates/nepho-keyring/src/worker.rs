//! The keyring thread: one call at a time, and a way out when a call never returns.
//!
//! A call that its caller stopped waiting for leaves its thread *stuck*: the queue goes on with a
//! new thread, and the stuck one ends by itself if its call ever returns. At most
//! [`MAX_STUCK`] threads are left behind; from then on calls are refused until one comes back.

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

/// How many threads may hang in calls that never return.
const MAX_STUCK: usize = 3;

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const GIVEN_UP: u8 = 2;
const DONE: u8 = 3;

/// One call's place in the queue, shared by its caller and the thread.
#[derive(Debug, Default)]
pub(crate) struct Ticket(AtomicU8);

impl Ticket {
    /// Whether the caller stopped waiting.
    pub(crate) fn is_given_up(&self) -> bool {
        self.0.load(Ordering::SeqCst) == GIVEN_UP
    }

    fn advance(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// A call: gets the open keyring or why it could not be opened, and may be asked a second time with
/// a fresh one. Answers whether the keyring is still good.
pub(crate) type Call = Box<dyn FnMut(Result<&dyn Backend, KeyringError>, &Ticket) -> Verdict + Send>;

/// What a call says of the keyring that it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answered.
    Good,
    /// It failed: forget it, and open it again next time. The daemon may have been restarted.
    Bad,
}

struct Job {
    ticket: Arc<Ticket>,
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
        // A panic while the queue was held leaves nothing half done in it.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue and its thread. Dropping it ends the thread once its call returns.
pub(crate) struct Worker(Arc<Shared>);

impl Worker {
    pub(crate) fn new(opener: Opener) -> Self {
        Self(Arc::new(Shared { queue: Mutex::default(), arrived: Condvar::new(), opener }))
    }

    /// Queues the call.
    pub(crate) fn submit(&self, call: Call) -> Result<Pending, KeyringError> {
        let ticket = Arc::new(Ticket::default());
        let mut queue = self.0.queue();
        if queue.stuck >= MAX_STUCK {
            return Err(KeyringError::Unavailable { reason: "several calls to it never returned".to_owned() });
        }
        queue.jobs.push_back(Job { ticket: ticket.clone(), call });
        ensure_thread(&self.0, &mut queue)?;
        self.0.arrived.notify_one();
        Ok(Pending { ticket, shared: self.0.clone(), answered: false })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.queue().closed = true;
        self.0.arrived.notify_all();
    }
}

/// A call that is waited for; dropping it before it was answered gives the call up.
pub(crate) struct Pending {
    ticket: Arc<Ticket>,
    shared: Arc<Shared>,
    answered: bool,
}

impl Pending {
    /// The answer came; the thread is on its way to the next call.
    pub(crate) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        if self.ticket.advance(WAITING, GIVEN_UP) {
            return; // the thread will skip it
        }
        let mut queue = self.shared.queue();
        if self.ticket.advance(RUNNING, GIVEN_UP) {
            queue.stuck += 1;
            queue.has_thread = false;
            if !queue.jobs.is_empty() && queue.stuck < MAX_STUCK {
                // A failure to start it shows at the next submit; those who wait time out.
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
        .map_err(|error| KeyringError::Unavailable { reason: format!("no thread for it: {error}") })?;
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
        if !job.ticket.advance(WAITING, RUNNING) {
            continue;
        }
        let leaving = Leaving { shared, ticket: job.ticket.clone(), settled: false };
        run(shared, &mut backend, &mut job);
        drop(job);
        if leaving.settle() == Left::Behind {
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
                (job.call)(Err(error), &job.ticket);
                return;
            }
        }
    }
    let Some(open) = backend.as_deref() else { return };
    if (job.call)(Ok(open), &job.ticket) == Verdict::Good {
        return;
    }
    *backend = None;
    // A connection from before the daemon's restart fails once; a fresh one tells the truth.
    if was_open && !job.ticket.is_given_up() {
        run(shared, backend, job);
    }
}

/// Settles a call's end, also when it panicked.
struct Leaving<'a> {
    shared: &'a Shared,
    ticket: Arc<Ticket>,
    settled: bool,
}

#[derive(PartialEq, Eq)]
enum Left {
    InCharge,
    Behind,
}

impl Leaving<'_> {
    /// Says whether another thread has taken over meanwhile.
    fn settle(mut self) -> Left {
        self.settled = true;
        self.leave()
    }

    fn leave(&self) -> Left {
        let mut queue = self.shared.queue();
        if self.ticket.advance(RUNNING, DONE) {
            return Left::InCharge;
        }
        queue.stuck = queue.stuck.saturating_sub(1);
        Left::Behind
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if !self.settled && self.leave() == Left::InCharge {
            self.shared.queue().has_thread = false;
        }
    }
}
