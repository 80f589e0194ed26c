//! Stories of the engine over a fake cloud, on paused time: what it shows, stores, sends and
//! records. Nothing here crosses a thread or a socket.

mod acting;
mod planning;
mod polling;
mod recovering;
mod stage;
mod sweeping;
