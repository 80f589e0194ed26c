//! Watch over the sockets of this process: every host that any library connects to is recorded.
//!
//! It stands in for two functions of the C library, under every HTTP client in the process. A host
//! name resolves to a loopback address that stands for it; a connection to that address is recorded
//! and led to the local door. A connection to any address beyond loopback is recorded and refused.
#![expect(unsafe_code, reason = "functions of the C library can be replaced in no other way")]

use std::{
    collections::BTreeSet,
    ffi::{CStr, CString, c_char, c_int, c_void},
    mem, ptr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
};

use libc::{addrinfo, sockaddr, sockaddr_in, sockaddr_in6, socklen_t};

/// The names that were resolved; the address `127.77.0.N` stands for the Nth.
static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// The hosts that were connected to.
static CONTACTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
/// The port of the door.
static DOOR: AtomicU16 = AtomicU16::new(0);

/// Leads every connection to a named host to this port.
pub fn lead_to(port: u16) {
    DOOR.store(port, Ordering::SeqCst);
}

/// Takes the record: `https://name`, with a port other than 443, or an address where no name was
/// resolved.
pub fn take_contacted() -> BTreeSet<String> {
    mem::take(&mut CONTACTED.lock().unwrap_or_else(PoisonError::into_inner))
}

fn record(host: String) {
    CONTACTED.lock().unwrap_or_else(PoisonError::into_inner).insert(host);
}

/// The address that stands for a name.
fn address_of(name: &str) -> String {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    format!("127.77.0.{at}")
}

/// The name that an address stands for.
fn name_of(address: [u8; 4]) -> Option<String> {
    let [127, 77, 0, at] = address else { return None };
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(usize::from(at)).cloned()
}

/// The `getaddrinfo` of this process: resolves each name to the address that stands for it.
///
/// # Safety
///
/// As that of the C library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    found: *mut *mut addrinfo,
) -> c_int {
    type Real = unsafe extern "C" fn(*const c_char, *const c_char, *const addrinfo, *mut *mut addrinfo) -> c_int;
    // SAFETY: the C library has this function with this signature.
    let real: Real = unsafe { mem::transmute(libc::dlsym(libc::RTLD_NEXT, c"getaddrinfo".as_ptr())) };
    let name = if node.is_null() {
        None
    } else {
        // SAFETY: the caller gives a text that ends with a zero.
        unsafe { CStr::from_ptr(node) }.to_str().ok().filter(|name| name.parse::<std::net::IpAddr>().is_err())
    };
    let standing = name.and_then(|name| CString::new(address_of(name)).ok());
    // SAFETY: the caller's own pointers, and a text that outlives the call.
    unsafe { real(standing.as_ref().map_or(node, |text| text.as_ptr()), service, hints, found) }
}

/// The `connect` of this process: records the host, and leads the connection to the door.
///
/// # Safety
///
/// As that of the C library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn connect(socket: c_int, address: *const sockaddr, length: socklen_t) -> c_int {
    // SAFETY: the caller gives an address of that family.
    let family = c_int::from(unsafe { (*address).sa_family });
    if family == libc::AF_INET {
        // SAFETY: as its family says.
        let mut v4: sockaddr_in = unsafe { ptr::read_unaligned(address.cast()) };
        let bytes = v4.sin_addr.s_addr.to_ne_bytes();
        let port = u16::from_be(v4.sin_port);
        if let Some(name) = name_of(bytes) {
            record(if port == 443 { format!("https://{name}") } else { format!("https://{name}:{port}") });
            v4.sin_addr.s_addr = u32::from_ne_bytes([127, 0, 0, 1]);
            v4.sin_port = DOOR.load(Ordering::SeqCst).to_be();
            return system_connect(socket, (&raw const v4).cast(), size_of::<sockaddr_in>());
        }
        if bytes[0] != 127 {
            return refused(&format!("{}:{port}", std::net::Ipv4Addr::from(bytes)));
        }
    } else if family == libc::AF_INET6 {
        // SAFETY: as its family says.
        let v6: sockaddr_in6 = unsafe { ptr::read_unaligned(address.cast()) };
        let ip = std::net::Ipv6Addr::from(v6.sin6_addr.s6_addr);
        if !ip.is_loopback() {
            return refused(&format!("[{ip}]:{}", u16::from_be(v6.sin6_port)));
        }
    }
    system_connect(socket, address.cast(), length as usize)
}

fn refused(host: &str) -> c_int {
    record(host.to_owned());
    // SAFETY: the error number of this thread.
    unsafe { *libc::__errno_location() = libc::ECONNREFUSED };
    -1
}

fn system_connect(socket: c_int, address: *const c_void, length: usize) -> c_int {
    // SAFETY: the caller's own pointer and length.
    let result = unsafe { libc::syscall(libc::SYS_connect, socket, address, length) };
    if result == 0 { 0 } else { -1 }
}
