//! The contract of `nepho`, held to the built program as an operator or a script runs it: its
//! output, its exit codes, and the requests that it sends or must not send.
//!
//! `docs/cli.md` is the contract. Clouds are moto and the loopback doubles; the tests ask them what
//! happened, never `nepho`. Every test has its own data directory and environment.

mod accounts;
mod actions;
mod cloud;
mod demo;
mod doctor;
mod endpoints;
mod exits;
mod gcloud;
mod gcp;
mod harness;
mod hostile;
mod journal;
mod keyring;
mod offline;
mod output;
mod page;
mod processes;
mod projects;
mod sync;
mod terminal;
mod words;
