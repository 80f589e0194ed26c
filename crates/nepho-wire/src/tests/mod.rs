//! Tests of replies, requests and bindings.

mod cli;
mod fixture;
mod many;
mod replies;
mod requests;
mod step;
