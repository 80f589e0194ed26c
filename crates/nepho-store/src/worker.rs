//! Threads that own the connections: one that writes, and a few that read.
//!
//! A job runs to its end even if its caller stops waiting for it.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;

use crate::{StoreError, connection::Pair};

type Job = Box<dyn FnOnce(&mut Pair) + Send>;

/// A queue of jobs and the threads that serve it. Dropping it finishes the queued jobs.
pub(crate) struct Worker {
    queue: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Worker({})", self.threads.len())
    }
}

impl Worker {
    /// Starts one thread for each pair of connections.
    pub(crate) fn start(name: &str, pairs: Vec<Pair>) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        let threads = pairs
            .into_iter()
            .map(|pair| {
                let jobs = Arc::clone(&jobs);
                thread::Builder::new().name(name.to_owned()).spawn(move || work(pair, &jobs))
            })
            .collect::<Result<_, _>>()
            .map_err(|source| StoreError::Io { path: name.into(), source })?;
        Ok(Self { queue: Some(queue), threads })
    }

    /// Runs `job` on one of the threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Pair) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, result) = oneshot::channel();
        let job: Job = Box::new(move |pair| {
            // The send fails if the caller stopped waiting.
            let _ = reply.send(job(pair));
        });
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(job).map_err(|_| StoreError::Closed)?;
        result.await.map_err(|_| StoreError::Closed)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(mut pair: Pair, jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A panicking job is rolled back as it unwinds. Its caller gets `Closed`, and the next job
        // finds the connections unchanged.
        if catch_unwind(AssertUnwindSafe(|| job(&mut pair))).is_err() {
            tracing::error!("a job of the store panicked");
        }
    }
}
