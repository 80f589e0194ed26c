//! Tests of the double over its socket.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use super::*;

/// Sends one request over a new connection; returns the answer as received.
fn raw(double: &Ec2Double, region: &str, service: &str, form: &str, headers: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", double.port())).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n{headers}Content-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .expect("sent");
    let mut answer = Vec::new();
    let mut piece = [0; 8 * 1024];
    loop {
        let read = stream.read(&mut piece).expect("an answer");
        answer.extend_from_slice(&piece[..read]);
        if read == 0 || complete(&answer) {
            return answer;
        }
    }
}

fn complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let length = text.split("Content-Length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    answer.len() - end - 4 >= length.and_then(|length| length.parse().ok()).unwrap_or(usize::MAX)
}

fn ask(double: &Ec2Double, region: &str, form: &str) -> String {
    String::from_utf8_lossy(&raw(double, region, "ec2", form, "")).into_owned()
}

fn double() -> Ec2Double {
    let double = Ec2Double::start(Setup { lag: Duration::from_millis(50), ..Setup::default() }).expect("started");
    for number in 1..=7 {
        double.put(Ec2Instance::new("eu-west-1", &id(number)).named(&format!("web-{number}")));
    }
    double.put(Ec2Instance::new("us-east-1", &id(9)));
    double
}

fn token(answer: &str) -> Option<&str> {
    answer.split("<nextToken>").nth(1)?.split('<').next()
}

#[tokio::test]
async fn double_starts_and_ends_inside_a_runtime() {
    let double = double();
    assert!(ask(&double, "us-east-1", "Action=DescribeInstances").contains(&id(9)));
}

#[test]
fn regions_are_told_apart_by_the_credential_scope() {
    let double = double();
    assert_eq!(ask(&double, "eu-west-1", "Action=DescribeInstances").matches("<instanceId>").count(), 7);
    assert_eq!(ask(&double, "us-east-1", "Action=DescribeInstances").matches("<instanceId>").count(), 1);
    assert!(ask(&double, "af-south-1", "Action=DescribeInstances").contains("<Code>AuthFailure</Code>"));
    let regions = ask(&double, "us-east-1", "Action=DescribeRegions");
    assert!(regions.contains("eu-west-1") && !regions.contains("af-south-1"));
    assert!(ask(&double, "us-east-1", "Action=DescribeRegions&AllRegions=true").contains("not-opted-in"));
    assert_eq!(double.count("DescribeInstances"), 3);
    assert_eq!((double.served().rows, double.served().requests), (8, 5));
}

#[test]
fn pages_chain_to_the_end_and_bad_ones_are_refused() {
    let double = double();
    let first = ask(&double, "eu-west-1", "Action=DescribeInstances&MaxResults=5");
    assert_eq!(first.matches("<instanceId>").count(), 5);
    let next = format!("Action=DescribeInstances&MaxResults=5&NextToken={}", token(&first).expect("more"));
    let second = ask(&double, "eu-west-1", &next);
    assert_eq!((second.matches("<instanceId>").count(), token(&second)), (2, None));
    for (form, code) in [
        ("Action=DescribeInstances&NextToken=x", "InvalidNextToken"),
        ("Action=DescribeInstances&MaxResults=4", "InvalidParameterValue"),
        ("Action=DescribeInstances&MaxResults=5&InstanceId.1=i-00000000000000001", "InvalidParameterCombination"),
        ("Action=DescribeInstances&InstanceId.1=i-00000000000000099", "InvalidInstanceID.NotFound"),
        ("Action=DescribeInstances&InstanceId.1=web", "InvalidInstanceID.Malformed"),
        ("Action=MakeCoffee", "InvalidAction"),
    ] {
        assert!(ask(&double, "eu-west-1", form).contains(&format!("<Code>{code}</Code>")), "{form}");
    }
}

#[test]
fn transitions_take_their_lag() {
    let double = double();
    double.adjust(|setup| setup.lag = Duration::from_hours(1));
    let stop = format!("Action=StopInstances&InstanceId.1={}", id(1));
    assert!(
        ask(&double, "eu-west-1", &stop).contains("<name>stopping</name></currentState><previousState><code>16</code>")
    );
    assert_eq!(double.state("eu-west-1", &id(1)), Some(State::Stopping));
    let start = format!("Action=StartInstances&InstanceId.1={}", id(1));
    assert!(ask(&double, "eu-west-1", &start).contains("<Code>IncorrectInstanceState</Code>"));
    double.adjust(|setup| setup.lag = Duration::ZERO);
    assert_eq!(double.state("eu-west-1", &id(1)), Some(State::Stopped));
    assert!(ask(&double, "eu-west-1", "Action=DescribeInstances").contains("<code>80</code><name>stopped</name>"));
}

#[test]
fn describes_can_be_stale_after_an_action() {
    let double = double();
    double.adjust(|setup| (setup.lag, setup.stale) = (Duration::ZERO, Duration::from_hours(1)));
    ask(&double, "us-east-1", &format!("Action=StopInstances&InstanceId.1={}", id(9)));
    assert_eq!(double.state("us-east-1", &id(9)), Some(State::Stopped));
    assert!(ask(&double, "us-east-1", "Action=DescribeInstances").contains("<name>running</name>"));
}

#[test]
fn refusals_are_those_that_ec2_documents() {
    let double = double();
    let region = "us-west-2";
    double.put(Ec2Instance::new(region, &id(1)).stop_protected());
    double.put(Ec2Instance::new(region, &id(2)).local_root());
    double.put(Ec2Instance::new(region, &id(3)).spot(Spot::OneTime));
    double.put(Ec2Instance::new(region, &id(4)).termination_protected());
    double.put(Ec2Instance::new(region, &id(5)));
    double.put(Ec2Instance::new(region, &id(6)).zone('b'));
    for (number, code) in [(1, "OperationNotPermitted"), (2, "UnsupportedOperation"), (3, "UnsupportedOperation")] {
        // One refused id refuses the whole request.
        let form = format!("Action=StopInstances&InstanceId.1={}&InstanceId.2={}", id(5), id(number));
        assert!(ask(&double, region, &form).contains(&format!("<Code>{code}</Code>")), "{number}");
    }
    assert_eq!(double.state(region, &id(5)), Some(State::Running));
    let ids = format!("InstanceId.1={}&InstanceId.2={}&InstanceId.3={}", id(4), id(5), id(6));
    let answer = ask(&double, region, &format!("Action=TerminateInstances&{ids}"));
    assert!(answer.contains("disableApiTermination"), "{answer}");
    assert_eq!(double.state(region, &id(5)), Some(State::Running), "in the protected one's zone");
    assert_ne!(double.state(region, &id(6)), Some(State::Running), "in another zone");
    let attribute = format!("Action=DescribeInstanceAttribute&Attribute=disableApiStop&InstanceId={}", id(1));
    assert!(ask(&double, region, &attribute).contains("<disableApiStop><value>true</value>"));
}

#[test]
fn only_the_right_key_is_accepted_when_one_is_set() {
    let double = Ec2Double::start(Setup { key_id: Some("AKIARIGHT".into()), ..Setup::default() }).expect("started");
    assert!(ask(&double, "eu-west-1", "Action=DescribeInstances").contains("AuthFailure"));
    let sts = raw(&double, "us-east-1", "sts", "Action=GetCallerIdentity", "");
    assert!(String::from_utf8_lossy(&sts).contains("InvalidClientTokenId"));
    double.adjust(|setup| setup.key_id = Some("AKIATEST".into()));
    let sts = raw(&double, "us-east-1", "sts", "Action=GetCallerIdentity", "");
    assert!(String::from_utf8_lossy(&sts).contains("<Account>123456789012</Account>"));
}

#[test]
fn a_broken_region_leaves_the_others_whole() {
    let double = double();
    let good = ask(&double, "us-east-1", "Action=DescribeInstances");
    for (fault, sign) in [
        (Fault::Denied, "UnauthorizedOperation"),
        (Fault::NotOptedIn, "AuthFailure"),
        (Fault::Throttled, "RequestLimitExceeded"),
        (Fault::Html, "<!DOCTYPE html>"),
        (Fault::Garbage, "HTTP/1.1 200"),
        (Fault::Error { status: 500, code: "InternalError".into(), message: "x".into() }, "HTTP/1.1 500"),
    ] {
        double.break_region("eu-west-1", fault.clone());
        assert!(ask(&double, "eu-west-1", "Action=DescribeInstances").contains(sign), "{fault:?}");
        assert_eq!(ask(&double, "us-east-1", "Action=DescribeInstances"), good, "{fault:?}");
        double.heal_region("eu-west-1");
        assert_eq!(ask(&double, "eu-west-1", "Action=DescribeInstances").matches("<instanceId>").count(), 7);
    }
}

#[test]
fn answers_break_off_drip_and_hang() {
    let double = double();
    double.break_region("eu-west-1", Fault::Cut { at: 100 });
    let cut = ask(&double, "eu-west-1", "Action=DescribeInstances");
    let (head, body) = cut.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body.len(), 100);
    assert!(!head.contains("Content-Length: 100"), "the whole length is announced");
    double.heal();
    double.break_region("eu-west-1", Fault::Short { at: 100 });
    assert!(ask(&double, "eu-west-1", "Action=DescribeInstances").contains("Content-Length: 100\r\n"));
    double.heal();
    double.break_region("eu-west-1", Fault::Closed);
    assert_eq!(ask(&double, "eu-west-1", "Action=DescribeInstances"), "");
    double.heal();
    double.break_region("us-east-1", Fault::Drip { bytes: 512, every: Duration::from_millis(1) });
    assert!(ask(&double, "us-east-1", "Action=DescribeInstances").ends_with("</DescribeInstancesResponse>"));
    double.break_region("eu-west-1", Fault::Hung);
    let mut stream = TcpStream::connect(("127.0.0.1", double.port())).expect("a connection");
    let scope = "Authorization: AWS4-HMAC-SHA256 Credential=A/1/eu-west-1/ec2/aws4_request, x\r\n";
    write!(stream, "POST / HTTP/1.1\r\n{scope}Content-Length: 24\r\n\r\nAction=DescribeInstances").expect("sent");
    stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time-out");
    assert!(stream.read(&mut [0; 16]).is_err(), "no answer, and no end");
    drop(double);
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    assert_eq!(stream.read(&mut [0; 16]).unwrap_or(0), 0, "a dropped double closes everything");
}

#[test]
fn action_can_fail_time_out_or_act_without_a_reply() {
    let double = double();
    let stop = format!("Action=StopInstances&InstanceId.1={}", id(1));
    double
        .break_action("StopInstances", Fault::Error { status: 500, code: "InternalError".into(), message: "x".into() });
    assert!(ask(&double, "eu-west-1", &stop).contains("InternalError"));
    assert_eq!(double.state("eu-west-1", &id(1)), Some(State::Running));
    double.heal();
    double.break_action("StopInstances", Fault::Executed(Box::new(Fault::Closed)));
    assert_eq!(ask(&double, "eu-west-1", &stop), "");
    assert_ne!(double.state("eu-west-1", &id(1)), Some(State::Running));
}

#[test]
fn listings_can_break_repeat_and_be_empty() {
    let double = double();
    let page = |token: &str| ask(&double, "eu-west-1", &format!("Action=DescribeInstances&MaxResults=5{token}"));
    double.break_region("eu-west-1", Fault::BreaksAfter { pages: 1 });
    assert_eq!(token(&page("")), Some("page-5"));
    assert!(page("&NextToken=page-5").contains("InternalError"));
    double.heal();
    double.break_region("eu-west-1", Fault::RepeatsToken);
    assert_eq!(token(&page("")), Some("page-0"));
    assert_eq!(token(&page("&NextToken=page-0")), Some("page-0"));
    double.heal();
    double.break_region("eu-west-1", Fault::EmptyPages);
    let empty = page("");
    assert_eq!((empty.matches("<instanceId>").count(), token(&empty)), (0, Some("page-0")));
    assert_eq!(page("&NextToken=page-0").matches("<instanceId>").count(), 5);
}

#[test]
fn gzip_is_sent_when_asked_for_and_zones_can_be_filtered() {
    let double = double();
    for letter in ['a', 'b', 'b'] {
        double.put(
            Ec2Instance::new("us-west-2", &id(u64::from(u32::from(letter)) + double.served().requests)).zone(letter),
        );
        ask(&double, "us-west-2", "Action=DescribeInstances");
    }
    let zone = "Action=DescribeInstances&Filter.1.Name=availability-zone&Filter.1.Value.1=us-west-2b";
    let plain = ask(&double, "us-west-2", zone);
    assert_eq!(plain.matches("<instanceId>").count(), 2);
    let packed = raw(&double, "us-west-2", "ec2", zone, "Accept-Encoding: gzip\r\n");
    assert!(packed.len() < plain.len() / 2);
    let end = packed.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let mut body = String::new();
    flate2::read::GzDecoder::new(&packed[end..]).read_to_string(&mut body).expect("gzip");
    assert_eq!(body, plain.split_once("\r\n\r\n").expect("a head").1);
}

#[test]
fn new_connections_pay_for_their_handshake_and_rows_for_themselves() {
    // No benchmark: checks that the waits exist, against generous lower bounds.
    let double = double();
    double.adjust(|setup| {
        (setup.latency, setup.handshake_rtts, setup.per_instance) =
            (Duration::from_millis(20), 2, Duration::from_millis(10));
    });
    let began = std::time::Instant::now();
    ask(&double, "eu-west-1", "Action=DescribeInstances");
    assert!(began.elapsed() >= Duration::from_millis(20 * 3 + 7 * 10));
}

#[test]
fn control_requests_say_and_change_what_the_methods_do() {
    let double = double();
    let control = |method: &str, name: &str, body: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", double.port())).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
        write!(stream, "{method} /_control/{name} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            .expect("sent");
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        while !complete(&answer) {
            let read = stream.read(&mut piece).expect("an answer");
            answer.extend_from_slice(&piece[..read]);
        }
        let text = String::from_utf8(answer).expect("text");
        serde_json::from_str::<serde_json::Value>(text.split_once("\r\n\r\n").expect("a head").1).expect("JSON")
    };
    let one = serde_json::json!({"region": "sa-east-1", "id": id(42), "name": "a<b", "spot": "one_time", "stop_protected": true, "amazon_ip": Ipv4Addr::LOCALHOST, "tags": {"env": "lab"}});
    assert_eq!(control("POST", "instances", &one.to_string())["ok"], true);
    assert_eq!(control("GET", "instances?region=sa-east-1", "")[0]["state"], "running");
    let state = serde_json::json!({"region": "sa-east-1", "id": id(42), "state": "stopped"});
    assert_eq!(control("POST", "state", &state.to_string())["ok"], true);
    assert_eq!(double.state("sa-east-1", &id(42)), Some(State::Stopped));
    let rule = r#"{"region": "sa-east-1", "times": 1, "fault": {"type": "executed", "then": "denied"}}"#;
    assert_eq!(control("POST", "faults", rule)["ok"], true);
    assert!(ask(&double, "sa-east-1", "Action=DescribeInstances").contains("UnauthorizedOperation"));
    assert!(ask(&double, "sa-east-1", "Action=DescribeInstances").contains("a&lt;b"), "only once");
    let figures = control("GET", "stats", "");
    assert_eq!((figures["requests"].as_u64(), figures["rows"].as_u64()), (Some(2), Some(1)));
    assert_eq!(
        control("POST", "settings", r#"{"lag_ms": 5, "nonsense": 1}"#)["error"].as_str().map(str::is_empty),
        Some(false)
    );
    assert!(control("POST", "coffee", "")["error"].is_string());
}
