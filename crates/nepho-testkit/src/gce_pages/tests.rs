//! Tests over real connections; each reply is held against Google's documents.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

use serde_json::{Value, json};

use super::*;
use crate::gcp::{
    discovery::Documents,
    schema::{Side, complaints},
};

const BEARER: &str = "Authorization: Bearer x\r\n";

/// Sends requests over one connection; returns each answer's head, and its body as received.
fn exchange(pages: &GcePages, requests: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", pages.port())).expect("it listens");
    for (line, headers) in requests {
        write!(stream, "{line} HTTP/1.1\r\nHost: x\r\n{headers}\r\n").expect("sent");
    }
    stream.shutdown(Shutdown::Write).expect("that was all");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("answers");
    let mut answers = Vec::new();
    while let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let (_, length) = head.split_once("Content-Length: ").expect("a length");
        let length: usize = length.lines().next().and_then(|text| text.parse().ok()).expect("a number");
        let body = rest.drain(..end + 4 + length).skip(end + 4).collect();
        answers.push((head, body));
    }
    answers
}

fn ask(pages: &GcePages, line: &str, headers: &str) -> (String, Vec<u8>) {
    exchange(pages, &[(line, headers)]).pop().expect("an answer")
}

fn control(pages: &GcePages, line: &str) -> Value {
    serde_json::from_slice(&ask(pages, line, "").1).expect("JSON")
}

/// Returns the status and the reply, which conforms to Google's documents.
fn get(pages: &GcePages, path: &str) -> (u16, Value) {
    let path = format!("/compute/v1/projects/{PROJECT}{path}");
    let (head, body) = ask(pages, &format!("GET {path}"), BEARER);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = serde_json::from_slice(&body).expect("JSON");
    if status == 200 {
        let bare = path.split('?').next().expect("a path");
        let routed = Documents::get().expect("the documents").route("GET", bare).expect("a method of Google's");
        assert_eq!(complaints(routed.document, routed.method, Side::Reply, &body), [""; 0], "{path}");
    }
    (status, body)
}

fn start(instances: usize, zones: usize) -> GcePages {
    GcePages::start(Setup { instances, zones, ..Setup::default() }).expect("it starts")
}

fn ids(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().into_iter().flatten();
    rows.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

/// Returns all pages of a listing.
fn walk(pages: &GcePages, path: &str) -> Vec<Value> {
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let (status, page) = get(pages, &format!("{path}?maxResults=25{token}"));
        assert_eq!(status, 200, "{page}");
        let next = page["nextPageToken"].as_str().map(|next| format!("&pageToken={next}"));
        all.push(page);
        assert!(all.len() < 10, "a chain without an end");
        let Some(next) = next else { return all };
        token = next;
    }
}

#[test]
fn pages_chain_to_the_end_by_zone_and_over_all() {
    let pages = start(60, 3);
    let (_, zones) = get(&pages, "/zones");
    let zones: Vec<&str> =
        zones["items"].as_array().into_iter().flatten().filter_map(|zone| zone["name"].as_str()).collect();
    assert_eq!(zones, fleet::ZONES[..3]);
    let mut by_zone = Vec::new();
    for (zone, sizes) in zones.iter().zip([&[25, 9][..], &[16], &[10]]) {
        let listed: Vec<_> =
            walk(&pages, &format!("/zones/{zone}/instances")).iter().map(|page| ids(&page["items"])).collect();
        assert_eq!(listed.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "{zone}");
        by_zone.extend(listed.into_iter().flatten());
    }
    let mut all = Vec::new();
    for page in walk(&pages, "/aggregated/instances") {
        let scopes = page["items"].as_object().expect("scopes");
        assert_eq!(scopes.len(), 3, "every zone is on every page");
        for scope in scopes.values() {
            let here = ids(&scope["instances"]);
            assert_eq!(here.is_empty(), scope["warning"]["code"] == "NO_RESULTS_ON_PAGE");
            all.extend(here);
        }
    }
    assert_eq!((all.len(), by_zone.len()), (60, 60));
    assert_eq!(all.iter().collect::<BTreeSet<_>>(), by_zone.iter().collect());
    assert_eq!(pages.served().rows, 120);
    // A full page can be the last one.
    assert_eq!(walk(&start(50, 1), "/zones/us-central1-a/instances").len(), 2);
    // A project without instances still has its zones.
    let (_, none) = get(&start(0, 2), "/zones/us-central1-b/instances");
    assert!(none.get("items").is_none(), "{none}");
}

#[test]
fn a_mask_leaves_out_what_it_does_not_name() {
    let pages = start(3, 1);
    let rows = |path: &str| get(&pages, &format!("{path}&prettyPrint=false")).1;
    let page = rows("/zones/us-central1-a/instances?maxResults=2&fields=nextPageToken,items(id,labels/env)");
    assert_eq!(page.as_object().map(serde_json::Map::len), Some(2), "{page}");
    let first = &page["items"][0];
    let mut members: Vec<&String> = first.as_object().expect("an instance").keys().collect();
    members.sort();
    assert_eq!(members, ["id", "labels"]);
    assert_eq!(first["labels"].as_object().map(serde_json::Map::len), Some(1));
    let all = rows("/aggregated/instances?fields=items/*/instances/name");
    assert_eq!(all["items"]["zones/us-central1-a"]["instances"].as_array().map(Vec::len), Some(3), "{all}");
    assert_eq!(all["items"]["zones/us-central1-a"]["instances"][0].as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(pages.served().rows, 5, "a masked instance is one as well");
    assert_eq!(get(&pages, "/zones?fields=items(").0, 400);
}

#[test]
fn gzip_needs_a_user_agent_that_says_so() {
    let pages = start(100, 1);
    let line = format!("GET /compute/v1/projects/{PROJECT}/zones/us-central1-a/instances");
    let plain = ask(&pages, &line, BEARER);
    let mut sizes = Vec::new();
    for (headers, packed) in [
        ("Accept-Encoding: gzip\r\n", false),
        ("User-Agent: x (gzip)\r\n", false),
        ("Accept-Encoding: gzip\r\nUser-Agent: x (gzip)\r\n", true),
        // Also when the compressed page already exists.
        ("Accept-Encoding: gzip\r\n", false),
    ] {
        let before = pages.served().bytes;
        let (head, body) = ask(&pages, &line, &format!("{BEARER}{headers}"));
        assert_eq!(head.contains("Content-Encoding: gzip"), packed, "{headers}");
        assert_eq!(pages.served().bytes - before, body.len() as u64, "bytes are counted as they are sent");
        if packed {
            let mut text = Vec::new();
            flate2::read::GzDecoder::new(body.as_slice()).read_to_end(&mut text).expect("gzip");
            assert_eq!(text, plain.1);
        } else {
            assert_eq!(body, plain.1);
        }
        sizes.push(body.len());
    }
    assert!(sizes[2] * 5 < sizes[0], "{sizes:?}");
}

#[test]
fn requests_that_google_refuses_are_refused() {
    let pages = start(60, 2);
    for (path, status) in [
        ("", 200),
        ("/zones?returnPartialSuccess=true", 200),
        ("/zones?nmae=x", 400),
        ("/zones/us-central1-a/instances?maxResults=501", 400),
        ("/zones/us-central1-a/instances?maxResults=5&pageToken=us-central1-a.5", 200),
        ("/zones/us-central1-b/instances?pageToken=us-central1-a.5", 400),
        ("/aggregated/instances?pageToken=us-central1-a.5", 400),
        ("/zones/us-central1-a/instances?pageToken=5", 400),
        ("/zones/nowhere-1-a/instances", 404),
        ("/zones/us-central1-a/disks", 404),
    ] {
        assert_eq!(get(&pages, path).0, status, "{path}");
    }
    let zones = format!("/compute/v1/projects/{PROJECT}/zones");
    for (line, headers, status) in [
        (format!("GET {zones}"), "", "401"),
        (format!("GET {zones}"), "Authorization: Bearer \r\n", "401"),
        (format!("POST {zones}"), BEARER, "404"),
        ("GET /compute/v1/projects/other/zones".to_owned(), BEARER, "404"),
    ] {
        let (head, body) = ask(&pages, &line, headers);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {head}");
        let error: Value = serde_json::from_slice(&body).expect("Google's form");
        assert_eq!(error["error"]["code"].to_string(), status);
    }
}

#[test]
fn zone_listing_takes_its_pages_rows_and_handshake() {
    let (latency, per_instance) = (Duration::from_millis(4), Duration::from_micros(100));
    let setup = Setup { instances: 30, zones: 2, latency, per_instance, handshake_rtts: 2, port: 0 };
    let pages = GcePages::start(setup).expect("it starts");
    let list = format!("GET /compute/v1/projects/{PROJECT}/zones/us-central1-a/instances?maxResults=15");
    let next = format!("{list}&pageToken=us-central1-a.15");
    let begun = std::time::Instant::now();
    assert_eq!(exchange(&pages, &[(&list, BEARER), (&next, BEARER)]).len(), 2);
    // Two pages of 4 ms and 20 rows of 0.1 ms, after a handshake of twice 4 ms. Never less.
    assert!(begun.elapsed() >= Duration::from_millis(18));
    let stats = control(&pages, "GET /_control/stats");
    assert_eq!(stats["listing_ms"], json!({"us-central1-a": 18.0}));
    assert_eq!(stats["instances"], json!({"us-central1-a": 20, "us-central1-b": 10}));
    assert_eq!((&stats["requests"], &stats["rows"], &stats["connections"]), (&json!(2), &json!(20), &json!(2)));

    assert_eq!(control(&pages, "POST /_control/reset")["ok"], true);
    assert_eq!(control(&pages, "GET /_control/stats")["rows"], 0);
    // A page over all zones completes no zone before the last page.
    let all = format!("GET /compute/v1/projects/{PROJECT}/aggregated/instances?maxResults=20");
    ask(&pages, &all, BEARER);
    assert_eq!(control(&pages, "GET /_control/stats")["listing_ms"], json!({}));
    ask(&pages, &format!("{all}&pageToken=aggregated.20"), BEARER);
    let zones = json!({"us-central1-a": 0.0, "us-central1-b": 0.0});
    assert_eq!(control(&pages, "GET /_control/stats")["listing_ms"], zones);
}
