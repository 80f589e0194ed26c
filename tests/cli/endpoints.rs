//! Requests go only to an endpoint that the operator approved.

use std::{
    io::Read,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    cloud::{KEY, KEY_ID, cloud, names},
    harness::Nepho,
};

/// A server that counts its connections. It must have none.
struct Trap {
    address: String,
    visits: Arc<AtomicUsize>,
}

impl Trap {
    fn set() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", socket.local_addr().expect("an address"));
        let visits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&visits);
        std::thread::spawn(move || {
            for mut visitor in socket.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(visitor.read(&mut [0; 1]));
            }
        });
        Self { address, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

#[test]
fn endpoints_of_the_environment_and_of_the_profile_are_not_followed() {
    let (cloud, trap) = (cloud(), Trap::set());
    let nepho = Nepho::new()
        .with("AWS_ACCESS_KEY_ID", KEY_ID)
        .with("AWS_SECRET_ACCESS_KEY", KEY)
        .with("AWS_ENDPOINT_URL", &trap.address)
        .with("AWS_ENDPOINT_URL_EC2", &trap.address)
        .with("AWS_ENDPOINT_URL_STS", &trap.address)
        .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &trap.address)
        .with("AWS_CONTAINER_CREDENTIALS_FULL_URI", &trap.address)
        .with("HTTP_PROXY", &trap.address)
        .with("http_proxy", &trap.address)
        .with("HTTPS_PROXY", &trap.address);
    let files = nepho.home().join(".aws");
    std::fs::create_dir(&files).expect("a directory");
    let profile = |name: &str| {
        let keys = format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {KEY}\n");
        format!("[{name}]\nendpoint_url = {}\nregion = us-east-1\n{keys}", trap.address)
    };
    std::fs::write(files.join("config"), profile("default") + &profile("profile ops")).expect("a file");
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--endpoint", &endpoint, "--read-write"];
    for source in [&["--env"][..], &["--profile", "ops"]] {
        nepho.run(&[&add[..], source].concat()).exits(0);
        nepho.run(&["sync"]).exits(0);
        assert_eq!(names(&nepho.json(&["list"], 0)).len(), 3);
        nepho.run(&["stop", "web-1", "--yes", "--wait"]).exits(0);
        nepho.run(&["start", "web-1", "--wait"]).exits(0);
        nepho.run(&["doctor"]).exits(0);
        nepho.run(&["accounts", "remove", "lab"]).exits(0);
    }
    assert_eq!(trap.visits(), 0);
    // The trap works.
    drop(std::net::TcpStream::connect(trap.address.trim_start_matches("http://")).expect("a connection"));
    while trap.visits() == 0 {
        std::thread::yield_now();
    }
}

#[test]
fn an_endpoint_that_is_not_acceptable_is_refused_before_anything_is_sent() {
    let nepho = Nepho::new().with("AWS_ACCESS_KEY_ID", KEY_ID).with("AWS_SECRET_ACCESS_KEY", KEY);
    for endpoint in ["http://192.0.2.1:5000", "https://169.254.169.254", "ftp://127.0.0.1", "https://me@example.com"] {
        let add = ["accounts", "add", "aws", "--name", "lab", "--env", "--no-verify", "--endpoint", endpoint];
        nepho.run(&add).exits(2).says("the endpoint is refused");
    }
    assert_eq!(nepho.json(&["accounts", "list"], 0), serde_json::json!([]));
}
