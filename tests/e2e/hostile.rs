//! Faults over the wire: a loopback EC2 denies, hangs, truncates and lies, and has instances with
//! hostile names. The window names every fault on its scope, and nothing else suffers.

mod faults;
mod keys;
pub mod lab;
mod names;
mod second_window;
mod submissions;
mod warnings;
