//! The contract of `nepho`, held to the built program as an operator or a script runs it: what it
//! prints, how it exits, what it sends and what it must not send.
//!
//! `docs/cli.md` is the contract. Clouds are moto and the loopback doubles; what happened there
//! is asked of them, never of `nepho`. Every test has a data directory and an environment of its own.

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
