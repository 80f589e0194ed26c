//! Gates: a call can be held open until the test lets it go on.

use tokio::sync::watch;

/// A place where a call waits. Clones are the same gate. Works under paused time: waiting for a
/// gate takes no timer.
#[derive(Clone, Debug)]
pub struct Gate(watch::Sender<Passage>);

#[derive(Clone, Copy, Debug, Default)]
struct Passage {
    arrived: usize,
    open: bool,
}

impl Gate {
    /// A closed gate at which nobody waits.
    pub fn closed() -> Self {
        Self(watch::Sender::new(Passage::default()))
    }

    /// Waits until a call has arrived at the gate (also if it has passed since).
    pub async fn reached(&self) {
        // The sender is in `self`, so the channel cannot close while we wait.
        let _ = self.0.subscribe().wait_for(|passage| passage.arrived > 0).await;
    }

    /// How many calls have arrived so far.
    pub fn arrivals(&self) -> usize {
        self.0.borrow().arrived
    }

    /// Lets everything through that waits or will arrive.
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
