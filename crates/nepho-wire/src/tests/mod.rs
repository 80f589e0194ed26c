//! What leaves and what enters, held in tests.

mod cli;
mod fixture;
mod many;
mod replies;
mod requests;
mod step;
