//! Tests of the faults and their answers.

use std::{
    io::Read as _,
    time::{Duration, Instant},
};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::{
    super::{Fault, FaultRule, GcpDouble, GcpInstance, PROJECT},
    ZONE,
    asking::{Answer, ask, get, post, raw},
    double, instances,
};

fn error(double: &GcpDouble, fault: Fault) -> (u16, Value) {
    double.heal();
    double.break_zone(ZONE, fault);
    let answer = ask(double, "GET", &instances(""), "");
    (answer.status, answer.json()["error"].clone())
}

fn with_gzip(double: &GcpDouble, target: &str) -> Answer {
    let token = format!("Bearer {}", double.token());
    let headers = [("Authorization", token.as_str()), ("Accept-Encoding", "gzip"), ("User-Agent", "test (gzip)")];
    raw(double, "GET", target, &headers, "").expect("an answer")
}

#[test]
fn each_error_has_googles_body() {
    let double = double();
    let other = |status, reason: &str| Fault::Error { status, reason: reason.to_owned(), message: "words".to_owned() };
    for (fault, status, reason, domain) in [
        (Fault::Denied, 403, "forbidden", "global"),
        (Fault::ApiDisabled, 403, "accessNotConfigured", "usageLimits"),
        (Fault::RateLimited, 403, "rateLimitExceeded", "usageLimits"),
        (Fault::Exhausted, 429, "rateLimitExceeded", "global"),
        (Fault::Unauthenticated, 401, "authError", "global"),
        (Fault::ConditionNotMet, 412, "conditionNotMet", "global"),
        (Fault::Unreachable, 503, "backendError", "global"),
        (other(409, "resourceInUseByAnotherResource"), 409, "resourceInUseByAnotherResource", "global"),
        (other(500, "internalError"), 500, "internalError", "global"),
    ] {
        let (got, body) = error(&double, fault);
        assert_eq!((got, body["code"].as_u64()), (status, Some(u64::from(status))), "{body}");
        let one = &body["errors"][0];
        assert_eq!((one["reason"].as_str(), one["domain"].as_str()), (Some(reason), Some(domain)));
        assert_eq!(one["message"], body["message"]);
    }
}

#[test]
fn an_api_that_is_not_enabled_says_what_to_do() {
    let double = double();
    double.enable_api(PROJECT, false);
    let answer = ask(&double, "GET", &instances(""), "");
    let body = answer.json()["error"].clone();
    let info = &body["details"][0];
    assert_eq!((answer.status, info["reason"].as_str()), (403, Some("SERVICE_DISABLED")));
    assert_eq!(info["metadata"]["service"], "compute.googleapis.com");
    let page = info["metadata"]["activationUrl"].as_str().expect("a page");
    assert!(page.starts_with("https://console.developers.google.com/apis/api/compute.googleapis.com/"), "{page}");
    let help = body["details"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["@type"] == "type.googleapis.com/google.rpc.Help");
    assert_eq!(help.expect("help")["links"][0]["url"], page);
    assert_eq!(get(&double, &format!("/v3/projects/{PROJECT}"))["state"], "ACTIVE", "the other API goes on");
    double.enable_api(PROJECT, true);
    get(&double, &instances(""));
}

#[test]
fn a_budget_per_minute_is_held() {
    let double = double();
    double.adjust(|setup| setup.per_minute = Some(2));
    let statuses: Vec<u16> = (0..4).map(|_| ask(&double, "GET", &instances(""), "").status).collect();
    assert_eq!(statuses, [200, 200, 403, 403]);
    double.next_minute();
    get(&double, &instances(""));
}

#[test]
fn a_rule_is_used_up_and_concerns_its_place_only() {
    let double = double();
    double.put(GcpInstance::new("nepho-two", ZONE, "other"));
    double.add_rule(FaultRule::always(Fault::RateLimited).project(PROJECT).zone(ZONE).times(2));
    get(&double, &instances("").replace(PROJECT, "nepho-two"));
    get(&double, &instances("").replace(ZONE, "us-east1-b"));
    let statuses: Vec<u16> = (0..3).map(|_| ask(&double, "GET", &instances(""), "").status).collect();
    assert_eq!(statuses, [403, 403, 200]);
}

#[test]
fn bodies_can_be_garbage() {
    let double = double();
    let body = |fault: Fault| {
        double.heal();
        double.break_zone(ZONE, fault);
        ask(&double, "GET", &instances(""), "")
    };
    let is_json = |answer: &Answer| serde_json::from_slice::<Value>(&answer.body).is_ok();
    let html = body(Fault::Html);
    assert!(html.head.contains("text/html") && !is_json(&html));
    let truncated = body(Fault::Truncated { at: 40 });
    assert_eq!((truncated.body.len(), is_json(&truncated)), (40, false));
    let cut = body(Fault::Cut { at: 40 });
    assert!(cut.body.len() <= 41 && !cut.head.contains("content-length: 40\r\n"), "{cut:?}");
    assert!(body(Fault::WrongType).head.contains("text/plain"));
    assert_eq!(body(Fault::Body { bytes: b"[1".to_vec() }).body, b"[1");
    assert!(body(Fault::Deep { levels: 10_000 }).body.starts_with(b"{\"items\":[[[["));
    let bomb = body(Fault::GzipBomb { megabytes: 8 });
    let mut unpacked = 0;
    let mut piece = vec![0; 1 << 16];
    let mut decoder = GzDecoder::new(bomb.body.as_slice());
    while let Ok(read @ 1..) = decoder.read(&mut piece) {
        unpacked += read;
    }
    assert!(bomb.body.len() < 100_000 && unpacked > 8 << 20, "{} {unpacked}", bomb.body.len());
}

#[test]
fn an_answer_can_be_late() {
    let double = double();
    double.break_zone(ZONE, Fault::Slow { by: Duration::from_millis(30) });
    let began = Instant::now();
    get(&double, &instances(""));
    assert!(began.elapsed() >= Duration::from_millis(30));
}

#[test]
fn compression_needs_the_user_agent_as_well() {
    let double = double();
    let packed = with_gzip(&double, &instances(""));
    assert!(packed.head.contains("content-encoding: gzip"), "{}", packed.head);
    let mut text = String::new();
    GzDecoder::new(packed.body.as_slice()).read_to_string(&mut text).expect("gzip");
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), get(&double, &instances("")));
    let token = format!("Bearer {}", double.token());
    let headers = [("Authorization", token.as_str()), ("Accept-Encoding", "gzip"), ("User-Agent", "test")];
    let plain = raw(&double, "GET", &instances(""), &headers, "").expect("an answer");
    assert!(!plain.head.contains("content-encoding"), "{}", plain.head);
}

#[test]
fn exchanges_record_each_request() {
    let double = double();
    get(&double, &instances("?fields=items/id"));
    post(&double, &instances("/web-1/stop"));
    let exchanges = double.exchanges();
    let [list, stop] = exchanges.as_slice() else { panic!("{exchanges:?}") };
    assert_eq!(
        (list.method.as_str(), list.param("fields"), list.status, list.executed),
        ("instances.list", Some("items/id"), 200, false)
    );
    assert_eq!((stop.verb.as_str(), stop.method.as_str(), stop.executed), ("POST", "instances.stop", true));
    assert_eq!(stop.principal, "operator@nephoscope.example");
    assert_eq!((double.served().rows, double.served().mutations, double.count("instances.stop")), (1, 1, 1));
    double.forget_requests();
    assert_eq!((double.exchanges().len(), double.mutations()), (0, 0));
}

#[test]
fn a_batch_is_held_against_the_documents_part_by_part() {
    let double = double();
    let part = |id: &str, line: &str| {
        format!(
            "--b\r\nContent-Type: application/http\r\nContent-ID: <{id}>\r\n\r\n{line} HTTP/1.1\r\nContent-Length: 0\r\n\r\n\r\n"
        )
    };
    let body = format!(
        "{}{}{}--b--\r\n",
        part("1", &format!("POST {}", instances("/web-1/stop"))),
        part("2", &format!("GET {}", instances("/unknown"))),
        part("3", &format!("GET {}", instances("?pageSize=1")))
    );
    let token = format!("Bearer {}", double.token());
    let headers = [("Authorization", token.as_str()), ("Content-Type", "multipart/mixed; boundary=\"b\"")];
    let answer = raw(&double, "POST", "/batch/compute/v1", &headers, &body).expect("an answer");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle}: {text}"));
    assert!(at("<response-1>") < at("HTTP/1.1 200") && at("HTTP/1.1 200") < at("<response-2>"));
    assert!(at("<response-2>") < at("HTTP/1.1 404") && at("HTTP/1.1 404") < at("<response-3>"));
    assert_eq!(double.take_violations().len(), 1, "the third");
    assert_eq!((double.mutations(), double.count("instances.stop"), double.count("batch")), (1, 1, 1));
    assert_eq!(raw(&double, "POST", "/batch/compute/v1", &headers, "--b").expect("an answer").status, 400);
    assert_eq!(double.take_violations(), [json!("a batch that is none")]);
}
