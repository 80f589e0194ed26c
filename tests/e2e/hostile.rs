//! What goes wrong over the wire: a loopback EC2 denies, hangs, truncates and lies, and names its
//! machines like an attacker would. Every fault is named on its scope, and nothing else suffers.

mod faults;
mod keys;
pub mod lab;
mod names;
mod second_window;
mod submissions;
mod warnings;
