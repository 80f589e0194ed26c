//! The network promise: the hosts that are contacted are the hosts that are listed, and no others.
//!
//! Each story runs the whole application over its real HTTP clients. The sockets of the process are
//! watched, so that no library can contact a host unseen; see `sockets`.
#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod aws;
mod door;
mod gcp;
mod lab;
mod sign_in;
mod sockets;

use std::net::{TcpStream, ToSocketAddrs};

/// Without this, a watch that sees nothing would let every story pass.
#[test]
fn watch_sees_names_and_metadata_addresses() {
    lab::tell("watch_sees_names_and_metadata_addresses", |_| async {
        sockets::lead_to(1);
        for host in ["metadata.google.internal:80", "169.254.169.254:80", "[fd00:ec2::254]:80"] {
            for address in host.to_socket_addrs().unwrap() {
                assert!(TcpStream::connect(address).is_err(), "{host}");
            }
        }
        let seen: Vec<String> = sockets::take_contacted().into_iter().collect();
        assert_eq!(seen, ["169.254.169.254:80", "[fd00:ec2::254]:80", "https://metadata.google.internal:80"]);
    });
}
