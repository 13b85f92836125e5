//! `cfn-signal check`: what a signal needs, looked at; none is sent.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use crate::support::secure::Secure;
use crate::support::{Answer, Received, Run, Server, Signal, answer, metadata, metadata_v1};
use serde_json::Value;
use time::OffsetDateTime;

const RESOURCE: [&str; 6] = ["--stack", "web", "--resource", "Server", "--region", "us-west-2"];
const KEYS: [&str; 4] = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SecretOfTheKeyWhichIsLong"];

/// CloudFormation with a resource in this state, at a clock that is so many seconds off.
fn cloud(status: &'static str, seconds: i64) -> impl Fn(&Received) -> Answer + Send + Sync + 'static {
    move |request| {
        let now = OffsetDateTime::from(SystemTime::now()) + time::Duration::seconds(seconds);
        let (weekday, month) = (now.weekday().to_string(), now.month().to_string());
        let (hour, minute, second) = now.to_hms();
        let date = format!(
            "{weekday:.3}, {:02} {month:.3} {} {hour:02}:{minute:02}:{second:02} GMT",
            now.day(),
            now.year()
        );
        let headers = vec![("date", date), ("x-amzn-requestid", "1-2-3".to_owned())];
        if !request.headers.contains_key("authorization") {
            return Some((403, headers, error("MissingAuthenticationToken", "no token")));
        }
        let detail = format!(
            "<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail>\
             <ResourceType>AWS::EC2::Instance</ResourceType><ResourceStatus>{status}</ResourceStatus>\
             </StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>"
        );
        Some((200, headers, detail))
    }
}

fn error(code: &str, message: &str) -> String {
    format!("<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>")
}

/// The same for whoever signs, where AWS answers with this error.
fn refusing(status: u16, code: &'static str, message: &'static str) -> Server {
    let unsigned = cloud("", 0);
    Server::start(move |request| match request.headers.contains_key("authorization") {
        false => unsigned(request),
        true => answer(status, &error(code, message)),
    })
}

/// Checks against `api` on an instance with `imds`, if that is there.
fn check(api: &str, imds: Option<&Server>, more: &[&str]) -> Run {
    let signal = Signal::new(&[&["check", "--output", "json", "--url", api], more].concat());
    // Nothing of AWS's own is asked.
    let signal = signal.env("AWS_ENDPOINT_URL_S3", api);
    match imds {
        Some(imds) => signal.metadata(imds).run(),
        None => signal.run(),
    }
}

/// What was found of it: the result, what is said, and the fix.
fn found(run: &Run, check: &str) -> (String, String, String) {
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["exit_code"], run.code, "{run:?}");
    let finding = report["checks"].as_array().unwrap().iter().find(|finding| finding["check"] == check);
    let text = |field: &str| finding.unwrap()[field].as_str().unwrap_or_default().to_owned();
    (text("result"), text("message"), text("fix"))
}

/// The checks that found something else than `ok`.
fn amiss(run: &Run) -> Vec<String> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap().clone();
    let bad = checks.into_iter().filter(|finding| finding["result"] != "ok");
    bad.map(|finding| {
        format!("{} {}", finding["result"].as_str().unwrap(), finding["check"].as_str().unwrap())
    })
    .collect()
}

#[test]
fn an_instance_that_is_well_has_nothing_amiss_and_sends_no_signal() {
    let (api, imds) = (Server::start(cloud("CREATE_IN_PROGRESS", 0)), Server::start(metadata));
    let run = check(&api.url, Some(&imds), &[&RESOURCE[..], &["--strict"]].concat());
    assert_eq!((run.code, amiss(&run)), (0, Vec::new()), "{run:?}");
    assert_eq!(found(&run, "unique-id").1, "i-0123456789abcdef0 (instance metadata)");
    assert!(found(&run, "credentials").1.contains("CFN_V1"), "{run:?}");
    assert!(found(&run, "stack").1.contains("CREATE_IN_PROGRESS"), "{run:?}");
    let sent = api.received();
    assert!(sent.len() >= 3, "{sent:?}");
    assert!(sent.iter().all(|request| !request.target.contains("SignalResource")), "{sent:?}");
    assert!(sent.iter().all(|request| request.method != "PUT" && request.method != "POST"), "{sent:?}");
}

#[test]
fn people_read_a_line_for_each_and_the_fix_below() {
    let api = Server::start(cloud("CREATE_COMPLETE", 0));
    let arguments = [&["check", "--url", &api.url, "-i", "x"][..], &RESOURCE, &KEYS].concat();
    let run = Signal::new(&arguments).env("AWS_ENDPOINT_URL_S3", &api.url).run();
    assert_eq!(run.code, 2, "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("failed   stack ")).unwrap();
    assert!(lines[at].contains("is CREATE_COMPLETE: it waits for no signal"), "{run:?}");
    assert!(lines[at + 1].trim_start().starts_with("fix: "), "{run:?}");
    assert!(lines.iter().any(|line| line.starts_with("ok       api ")), "{run:?}");
    run.assert_hides(&[KEYS[3]]);
}

#[test]
fn a_resource_that_is_complete_takes_no_signal_unless_that_is_no_failure() {
    let (api, imds) = (Server::start(cloud("CREATE_COMPLETE", 0)), Server::start(metadata));
    let run = check(&api.url, Some(&imds), &RESOURCE);
    assert_eq!((run.code, amiss(&run)), (2, vec!["failed stack".to_owned()]));
    let run = check(&api.url, Some(&imds), &[&RESOURCE[..], &["--if-complete", "ok"]].concat());
    assert_eq!((run.code, amiss(&run)), (0, Vec::new()));
}

#[test]
fn a_wrong_clock_is_told_and_the_question_is_dated_by_the_right_one() {
    let (api, imds) = (Server::start(cloud("CREATE_IN_PROGRESS", 7_200)), Server::start(metadata));
    let lax = check(&api.url, Some(&imds), &[&RESOURCE[..], &KEYS].concat());
    assert_eq!((lax.code, amiss(&lax)), (0, vec!["warning clock".to_owned()]));
    let (_, message, fix) = found(&lax, "clock");
    assert!(message.contains("behind AWS's") && fix.contains("chronyd"), "{lax:?}");
    let signed = api.received().into_iter().find_map(|request| request.headers.get("x-amz-date").cloned());
    let signed = cfn_signal_core::sigv4::verify::parse_date(&signed.unwrap()).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert!(signed.abs_diff(now + 7_200) < 600, "{signed}");
    let strict = check(&api.url, Some(&imds), &[&RESOURCE[..], &["--strict"]].concat());
    assert_eq!(strict.code, 1);
}

#[test]
fn nobody_at_the_endpoint() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let imds = Server::start(metadata);
    let run = check(&closed, Some(&imds), &RESOURCE);
    assert_eq!(run.code, 2);
    let (result, message, fix) = found(&run, "api");
    assert_eq!(result, "failed");
    assert!(message.contains("refused") && fix.contains("VPC endpoint"), "{run:?}");
    assert_eq!(found(&run, "wait-bucket").0, "warning");
    assert_eq!(found(&run, "stack").0, "warning");
}

#[test]
fn somebody_else_at_the_endpoint() {
    let (api, imds) = (Server::start(|_| answer(200, "<html>log in</html>")), Server::start(metadata));
    let run = check(&api.url, Some(&imds), &RESOURCE);
    let (result, message, _) = found(&run, "api");
    assert_eq!((run.code, result.as_str()), (2, "failed"));
    assert!(message.contains("something else answers"), "{run:?}");
}

#[test]
fn a_certificate_that_is_not_trusted() {
    let (secure, imds) = (Secure::start(), Server::start(metadata));
    let api = secure.url.split("/h?").next().unwrap();
    let run = check(api, Some(&imds), &RESOURCE);
    assert_eq!((run.code, secure.count()), (2, 0));
    let (result, message, fix) = found(&run, "certificates");
    assert_eq!(result, "failed");
    assert!(message.contains(&format!("localhost:{}", secure.port)), "{run:?}");
    assert!(message.contains("not trusted") && fix.contains("--ca-bundle"), "{run:?}");
    let bundle = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(bundle.path(), &secure.certificate).unwrap();
    let path = bundle.path().to_str().unwrap();
    let run = check(api, Some(&imds), &[&RESOURCE[..], &["--ca-bundle", path]].concat());
    assert!(secure.received.lock().unwrap().iter().all(|request| !request.target.contains("SignalResource")));
    let (result, message, _) = found(&run, "certificates");
    assert_eq!(result, "ok");
    assert!(message.starts_with("1 authorities, of ") && message.contains("is trusted"), "{run:?}");
}

#[test]
fn nobody_to_sign_as() {
    let api = Server::start(cloud("CREATE_IN_PROGRESS", 0));
    let run = check(&api.url, None, &[&RESOURCE[..], &["-i", "x"]].concat());
    assert_eq!(
        (run.code, amiss(&run)),
        (2, vec!["failed credentials".to_owned(), "warning stack".to_owned()])
    );
    assert!(found(&run, "metadata").1.contains("AWS_EC2_METADATA_DISABLED"), "{run:?}");
}

#[test]
fn a_hop_limit_that_is_too_low() {
    // The token's answer does not arrive; what is asked without one is refused.
    let imds = Server::start(|request| match request.method.as_str() {
        "PUT" => {
            std::thread::sleep(Duration::from_secs(3));
            None
        }
        _ => answer(401, ""),
    });
    let api = Server::start(cloud("CREATE_IN_PROGRESS", 0));
    let run = check(&api.url, Some(&imds), &[&RESOURCE[..], &KEYS, &["-i", "x", "--auth", "sigv4"]].concat());
    let (result, message, fix) = found(&run, "metadata");
    assert_eq!((run.code, result.as_str()), (0, "warning"), "{run:?}");
    assert!(message.contains("token does not arrive") && fix.contains("hop limit"), "{run:?}");
}

#[test]
fn metadata_without_tokens() {
    let imds = Server::start(|request| match request.method.as_str() {
        "PUT" => answer(404, ""),
        _ => metadata_v1(request),
    });
    let api = Server::start(cloud("CREATE_IN_PROGRESS", 0));
    let run = check(&api.url, Some(&imds), &RESOURCE);
    assert_eq!(amiss(&run), ["warning metadata"], "{run:?}");
}

#[test]
fn an_id_that_is_another_machines() {
    let (api, imds) = (Server::start(cloud("CREATE_IN_PROGRESS", 0)), Server::start(metadata));
    let run = check(&api.url, Some(&imds), &[&RESOURCE[..], &["-i", "web-1"]].concat());
    assert_eq!(amiss(&run), ["warning unique-id"], "{run:?}");
    assert!(found(&run, "unique-id").1.contains("not this instance's, i-0123456789abcdef0"), "{run:?}");
}

#[test]
fn what_aws_says_of_the_stack() {
    for (status, code, message, result, fix) in [
        (
            403,
            "AccessDenied",
            "User: x is not authorized to perform: y",
            "warning",
            "cloudformation:DescribeStackResource",
        ),
        (400, "ValidationError", "Stack 'web' does not exist", "failed", "check the stack"),
        (400, "ValidationError", "i-1 is not a member of web", "failed", "from an instance of this stack"),
        (403, "InvalidClientTokenId", "The security token is invalid", "failed", "check the keys"),
        (400, "Throttling", "Rate exceeded", "warning", "try again"),
    ] {
        let api = refusing(status, code, message);
        let run = check(&api.url, None, &[&RESOURCE[..], &KEYS, &["-i", "x"]].concat());
        let stack = found(&run, "stack");
        assert_eq!(stack.0, result, "{run:?}");
        assert!(stack.1.contains(message) && stack.2.contains(fix), "{run:?}");
        assert_eq!(run.code, if result == "failed" { 2 } else { 0 });
    }
}

#[test]
fn a_resource_of_another_type() {
    let plain = cloud("CREATE_IN_PROGRESS", 0);
    let api = Server::start(move |request| {
        plain(request).map(|(status, headers, body)| {
            (status, headers, body.replace("AWS::EC2::Instance", "AWS::S3::Bucket"))
        })
    });
    let run = check(&api.url, None, &[&RESOURCE[..], &KEYS, &["-i", "x"]].concat());
    assert!(found(&run, "stack").1.contains("AWS::S3::Bucket, which takes no signals"), "{run:?}");
}

#[test]
fn stack_and_resource_from_the_instances_tags() {
    let (api, imds) = (Server::start(cloud("CREATE_IN_PROGRESS", 0)), Server::start(metadata));
    let run = check(&api.url, Some(&imds), &["--discover"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(found(&run, "target").1, "TaggedGroup of the stack tagged-stack");
}

#[test]
fn a_handle_is_never_sent_and_never_shown() {
    let bucket = Server::start(|_| answer(403, ""));
    let handle = format!("{}/arn?X-Amz-Signature=s3cr3tsignature", bucket.url);
    let run = check(&bucket.url, None, &[&handle]);
    assert_eq!(found(&run, "wait-bucket").0, "ok", "{run:?}");
    assert_eq!(run.code, 0, "{run:?}");
    run.assert_hides(&["s3cr3tsignature"]);
    assert!(
        bucket.received().iter().all(|request| !request.target.contains("s3cr3t")),
        "{:?}",
        bucket.received()
    );
    let run = check(&bucket.url, None, &["aGVsbG8"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn proxies_are_named_without_their_passwords() {
    let proxy = Server::start(cloud("CREATE_IN_PROGRESS", 0));
    let with = proxy.url.replace("http://", "http://user:pa55w0rd@");
    let imds = Server::start(metadata);
    let arguments =
        [&["check", "--output", "json", "--url", "http://cloudformation.test"][..], &RESOURCE].concat();
    let run = Signal::new(&arguments)
        .metadata(&imds)
        .env("AWS_ENDPOINT_URL_S3", "http://s3.test")
        .env("http_proxy", &with)
        .env("no_proxy", "s3.test")
        .run();
    let (_, message, _) = found(&run, "proxy");
    let expected = format!("API: {} (http_proxy); wait conditions: none; metadata: never one", proxy.address);
    assert_eq!(message, expected);
    run.assert_hides(&["pa55w0rd"]);
}

#[test]
fn it_ends_in_its_time_whoever_is_silent() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let imds = Server::start(metadata);
    let run = check(&url, Some(&imds), &[&RESOURCE[..], &["--deadline", "1s"]].concat());
    assert_eq!(found(&run, "api").0, "failed", "{run:?}");
    assert!(found(&run, "wait-bucket").1.contains("the time was over"), "{run:?}");
    assert!(run.took < Duration::from_secs(30), "{run:?}");
}

#[test]
fn mistakes_are_told_before_anybody_is_asked() {
    for (arguments, says) in [
        (&["check", "--resource", "R"][..], "must specify a stack name"),
        (&["check", "--stack", "${AWS::StackName}", "--resource", "R"], "was never resolved"),
        (&["check", "--strikt"], "--strict"),
        (&["check", "--deadline", "soon"], "soon"),
    ] {
        let run = Signal::new(arguments).run();
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
    }
    let page = Signal::new(&["check", "--man"]).run();
    assert!(page.code == 0 && page.stdout.contains(".TH cfn-signal-check"), "{page:?}");
}

/// Amazon's helper has no such word, and a resource may be called so.
#[test]
fn a_resource_named_check_is_signalled() {
    let server = Server::ok();
    let run = Signal::new(&["--stack", "check", "--resource", "check", "--region", "us-east-1", "-i", "x"])
        .env("AWS_ENDPOINT_URL", &server.url)
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "SK")
        .run();
    assert_eq!((run.code, server.received().len()), (0, 1), "{run:?}");
}
