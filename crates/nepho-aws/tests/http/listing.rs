//! Listings: pages, compression, and faults of one region.

use nepho_core::{FailureCode, Provider, ProviderError};

use crate::cloud::{Answer, Cloud, ec2_error, ec2_reply, gzip, page, sweep};

fn native(rows: &[nepho_core::provider::ListedResource]) -> Vec<&str> {
    rows.iter().map(|row| &*row.resource.key.native).collect()
}

#[tokio::test]
async fn pages_are_followed_to_the_end_and_an_instance_is_listed_once() {
    let cloud = Cloud::start(|asked| {
        (asked.action == "DescribeInstances").then(|| match asked.parameter("NextToken") {
            "" => Answer::text(200, &page(&["i-1", "i-2"], Some("a="))),
            "a=" => Answer::text(200, &page(&[], Some("b"))),
            _ => Answer::text(200, &page(&["i-2", "i-3"], None)),
        })
    })
    .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    let swept = sweep(&provider, &["eu-west-1"]).await;
    assert_eq!(swept["eu-west-1"].ends, [Ok(())]);
    assert_eq!(native(&swept["eu-west-1"].rows), ["i-1", "i-2", "i-3"]);
    let asked: Vec<_> = cloud.asked().into_iter().filter(|asked| asked.action == "DescribeInstances").collect();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|asked| asked.parameter("MaxResults") == "100" && asked.region == "eu-west-1"));
    assert_eq!(swept["eu-west-1"].rows[0].resource.key, cloud.key("eu-west-1", "i-1"));
}

#[tokio::test]
async fn pages_are_requested_compressed_and_counted_as_received() {
    let ids: Vec<String> = (0..500).map(|n| format!("i-{n:017x}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let plain = page(&ids, None);
    let packed = gzip(plain.as_bytes());
    let sent = packed.len() as u64;
    let cloud = Cloud::start(move |asked| {
        (asked.action == "DescribeInstances").then(|| {
            assert_eq!(asked.headers["accept-encoding"], "gzip");
            Answer::gzip(packed.clone())
        })
    })
    .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    provider.verify().await.expect("an identity");
    let before = provider.traffic();
    let swept = sweep(&provider, &["eu-west-1"]).await;
    assert_eq!(swept["eu-west-1"].rows.len(), 500);
    let traffic = provider.traffic();
    assert_eq!(traffic.requests - before.requests, 1);
    assert_eq!(traffic.bytes_in - before.bytes_in, sent);
    assert!(sent * 5 < plain.len() as u64);
}

/// The reply of each faulty region, and its failure code.
fn fault(region: &str) -> Option<Answer> {
    let whole = page(&["i-1", "i-2"], None);
    let body = |text: &str| Some(Answer::Body(200, Vec::new(), text.as_bytes().to_vec()));
    match region {
        "denied" => {
            Some(ec2_error(403, "UnauthorizedOperation", "You are not. Encoded authorization failure message: xyz"))
        }
        "opt-in" => Some(ec2_error(401, "OptInRequired", "You are not subscribed")),
        "auth" => Some(ec2_error(401, "AuthFailure", "AWS was not able to validate the credentials")),
        "expired" => Some(ec2_error(400, "ExpiredToken", "The token SESSIONTOKEN is expired")),
        "quoting" => Some(ec2_error(
            403,
            "SignatureDoesNotMatch",
            "The Canonical String should have been 'POST / x-amz-security-token:SESSIONTOKEN'",
        )),
        "throttled" => Some(ec2_error(503, "RequestLimitExceeded", "Request limit exceeded.")),
        "broken" => Some(ec2_error(500, "InternalError", "An internal error has occurred")),
        "html-500" => Some(Answer::Body(500, Vec::new(), b"<html>oops</html>".to_vec())),
        "html-403" => Some(Answer::Body(403, Vec::new(), b"<html>proxy says no</html>".to_vec())),
        "portal" => body("<!DOCTYPE html><html><body>Sign in to the <b>wifi</b></body></html>"),
        "garbage" => Some(Answer::Body(200, Vec::new(), vec![0xff, 0x00, 0xfe, b'<', b'>'])),
        "json" => body("{\"reservations\": []}"),
        "empty" => body(""),
        "truncated" => body(&whole[..whole.len() * 2 / 3]),
        "cut-off" => Some(Answer::CutOff(whole.into_bytes())),
        "other-root" => body("<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>"),
        "no-set" => body("<DescribeInstancesResponse><requestId>r</requestId></DescribeInstancesResponse>"),
        "error-200" => Some(ec2_error(200, "InternalError", "An internal error has occurred")),
        "entities" => body(
            "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><DescribeInstancesResponse>\
             <reservationSet><item><instancesSet><item><instanceId>&b;</instanceId></item></instancesSet></item>\
             </reservationSet></DescribeInstancesResponse>",
        ),
        "bad-gzip" => Some(Answer::gzip(gzip(whole.as_bytes())[..40].to_vec())),
        "loop" => Some(Answer::text(200, &page(&["i-1"], Some("same")))),
        "hung" => Some(Answer::Hang),
        _ => None,
    }
}

const FAULTS: [(&str, FailureCode); 22] = [
    ("denied", FailureCode::PermissionDenied),
    ("opt-in", FailureCode::NotEnabled),
    ("auth", FailureCode::Unauthenticated),
    ("expired", FailureCode::Unauthenticated),
    ("quoting", FailureCode::Unauthenticated),
    ("throttled", FailureCode::Throttled),
    ("broken", FailureCode::Unavailable),
    ("html-500", FailureCode::Unavailable),
    ("html-403", FailureCode::Malformed),
    ("portal", FailureCode::Malformed),
    ("garbage", FailureCode::Malformed),
    ("json", FailureCode::Malformed),
    ("empty", FailureCode::Malformed),
    ("truncated", FailureCode::Malformed),
    ("cut-off", FailureCode::Unavailable),
    ("other-root", FailureCode::Malformed),
    ("no-set", FailureCode::Malformed),
    ("error-200", FailureCode::Malformed),
    ("entities", FailureCode::Malformed),
    ("bad-gzip", FailureCode::Malformed),
    ("loop", FailureCode::Malformed),
    ("hung", FailureCode::TimedOut),
];

#[tokio::test]
async fn each_fault_is_its_regions_own() {
    let cloud = Cloud::start(|asked| {
        if asked.action != "DescribeInstances" {
            return None;
        }
        fault(&asked.region).or_else(|| Some(Answer::text(200, &page(&["i-1", "i-2"], None))))
    })
    .await;
    let mut regions: Vec<&str> = FAULTS.iter().map(|(region, _)| *region).collect();
    regions.insert(0, "healthy-1");
    regions.push("healthy-2");
    let provider = cloud.connect(&regions).await;
    let swept = sweep(&provider, &regions).await;
    for healthy in ["healthy-1", "healthy-2"] {
        assert_eq!(swept[healthy].ends, [Ok(())]);
        assert_eq!(native(&swept[healthy].rows), ["i-1", "i-2"]);
    }
    for (region, code) in FAULTS {
        let Err(error) = &swept[region].ends[0] else { panic!("{region} completed") };
        assert_eq!(error.code(), code, "{region}: {error}");
        for secret in ["SESSIONTOKEN", "wJalrXUtnFEMI", "Encoded"] {
            assert!(!format!("{error} {error:?}").contains(secret), "{region}: {error}");
        }
    }
    let tries = |region: &str| cloud.asked().iter().filter(|asked| asked.region == region).count();
    assert_eq!(tries("throttled"), 3, "the reader tries three times");
    assert_eq!(tries("denied"), 1, "a refusal is final");
    assert_eq!(tries("garbage"), 1);
    assert!(tries("loop") <= 3);
}

/// The time limits are long because a debug build unpacks slowly.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_unpacks_without_end_is_given_up() {
    let bomb = gzip(&vec![b' '; 65 << 20]);
    assert!(bomb.len() < 1 << 20);
    let cloud = Cloud::start(move |asked| (asked.region == "bomb").then(|| Answer::gzip(bomb.clone()))).await;
    let mut options = cloud.options(&["bomb"]);
    options.timeouts = nepho_aws::Timeouts::default();
    let provider = nepho_aws::AwsProvider::connect(options).await.expect("a provider");
    let error = provider.verify().await.expect_err("a bomb");
    assert!(matches!(&error, ProviderError::Malformed { message } if message.contains("64 MB")), "{error}");
    assert_eq!(cloud.asked().len(), 1, "it is not asked for again");
}

#[tokio::test]
async fn a_listing_that_breaks_off_never_completes() {
    let cloud = Cloud::start(|asked| {
        (asked.action == "DescribeInstances").then(|| match asked.parameter("NextToken") {
            "" => Answer::text(200, &page(&["i-1"], Some("next"))),
            _ => ec2_error(400, "InvalidNextToken", "The token is no longer valid"),
        })
    })
    .await;
    let provider = cloud.connect(&["eu-west-1"]).await;
    let swept = sweep(&provider, &["eu-west-1"]).await;
    assert_eq!(native(&swept["eu-west-1"].rows), ["i-1"]);
    assert!(
        matches!(&swept["eu-west-1"].ends[0], Err(ProviderError::Other { code, .. }) if code == "InvalidNextToken")
    );
}

#[tokio::test]
async fn another_account_fails_every_scope_and_reads_nothing() {
    let cloud = Cloud::start(|_| None).await;
    let mut options = cloud.options(&["eu-west-1", "eu-west-2"]);
    options.realm = Some("999999999999".into());
    let provider = nepho_aws::AwsProvider::connect(options).await.expect("a provider");
    let swept = sweep(&provider, &["eu-west-1", "eu-west-2"]).await;
    assert!(swept.values().all(|one| matches!(one.ends[0], Err(ProviderError::WrongAccount { .. }))));
    assert_eq!(cloud.count("DescribeInstances"), 0);
}

#[tokio::test]
async fn enabled_regions_are_found_and_a_denial_says_what_to_do() {
    let cloud = Cloud::start(|asked| {
        let region = |name: &str, status: &str| {
            format!("<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>")
        };
        let set = region("us-east-1", "opt-in-not-required")
            + &region("af-south-1", "opted-in")
            + &region("me-south-1", "not-opted-in");
        (asked.action == "DescribeRegions")
            .then(|| ec2_reply(&format!("<regionInfo>{set}</regionInfo>"), "DescribeRegions"))
    })
    .await;
    let scopes = cloud.connect(&[]).await.scopes().await.expect("scopes");
    assert_eq!(scopes.iter().map(|scope| scope.location.as_str()).collect::<Vec<_>>(), ["af-south-1", "us-east-1"]);

    let denied = Cloud::start(|asked| {
        (asked.action == "DescribeRegions").then(|| ec2_error(403, "UnauthorizedOperation", "No."))
    })
    .await;
    let error = denied.connect(&[]).await.scopes().await.expect_err("a denial");
    assert!(
        matches!(&error, ProviderError::PermissionDenied { message, .. } if message.contains("Name the account's regions"))
    );
    assert_eq!(denied.connect(&["eu-west-1"]).await.scopes().await.expect("scopes").len(), 1);
}
