//! Gates: they hold a call until the test opens them.

use tokio::sync::watch;

/// A place where a call waits. Clones share the gate. It works under paused time: waiting at a gate
/// uses no timer.
#[derive(Clone, Debug)]
pub struct Gate(watch::Sender<Passage>);

#[derive(Clone, Copy, Debug, Default)]
struct Passage {
    arrived: usize,
    open: bool,
}

impl Gate {
    /// Creates a closed gate without waiting calls.
    pub fn closed() -> Self {
        Self(watch::Sender::new(Passage::default()))
    }

    /// Waits until a call has arrived at the gate, even if the call has passed since.
    pub async fn reached(&self) {
        // The sender is in `self`, so the channel cannot close while we wait.
        let _ = self.0.subscribe().wait_for(|passage| passage.arrived > 0).await;
    }

    /// Returns the number of calls that have arrived.
    pub fn arrivals(&self) -> usize {
        self.0.borrow().arrived
    }

    /// Lets every waiting and every later call pass.
    pub fn open(&self) {
        self.0.send_modify(|passage| passage.open = true);
    }

    /// Arrives, and waits until the gate is open.
    pub(crate) async fn pass(&self) {
        let mut passage = self.0.subscribe();
        self.0.send_modify(|passage| passage.arrived += 1);
        let _ = passage.wait_for(|passage| passage.open).await;
    }
}
