//! The wait handles' bucket and the instances' metadata.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::{SERVER, Served, send};

const WAIT: &str = "
Resources:
  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Timeout: '300', Count: 2}
";

const GOOD: &str = r#"{"Status": "SUCCESS", "Reason": "fine", "Data": "42", "UniqueId": "one"}"#;

fn header(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

/// Path and query of the handle's URL.
fn target(served: &Served) -> String {
    let url = served.env.get("CFN_REHEARSE_HANDLE_Handle").unwrap();
    let target = url.strip_prefix(&format!("http://127.0.0.1:{}", served.port)).unwrap().to_owned();
    assert!(
        target.starts_with("/cloudformation-waitcondition-us-east-1/arn%3Aaws%3Acloudformation%3A"),
        "{target}"
    );
    target
}

#[test]
fn documents_put_to_the_handle_complete_the_wait_condition() {
    let served = Served::start(WAIT, &["--once"]);
    let target = target(&served);
    // Without a type, with an empty one, and again: a retransmission.
    for (headers, body) in [
        (vec![], GOOD.to_owned()),
        (header("content-type", ""), GOOD.to_owned()),
        (vec![], GOOD.replace("one", "two")),
    ] {
        let answer = served.send("PUT", &target, &headers, &body);
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(0), "{events}");
}

#[test]
fn the_bucket_refuses_as_s3_does() {
    let served = Served::start(WAIT, &[]);
    let target = target(&served);
    let typed = served.send("PUT", &target, &header("content-type", "application/json"), GOOD);
    assert_eq!(typed.status, 403);
    assert!(typed.body.contains("<Code>SignatureDoesNotMatch</Code>"), "{}", typed.body);

    let get = served.send("GET", &target, &[], "");
    assert!(get.status == 403 && get.body.contains("SignatureDoesNotMatch"));

    let (path, query) = target.split_once('?').unwrap();
    let bare = served.send("PUT", path, &[], GOOD);
    assert!(bare.status == 403 && bare.body.contains("<Code>AccessDenied</Code>"));

    let expires = query.split('&').find(|it| it.starts_with("Expires=")).unwrap();
    let old = served.send("PUT", &target.replace(expires, "Expires=1000000000"), &[], GOOD);
    assert!(
        old.status == 403
            && old.body.contains("<Code>AccessDenied</Code><Message>Request has expired</Message>")
    );
    // A later date than was signed.
    let new = served.send("PUT", &target.replace(expires, "Expires=9999999999"), &[], GOOD);
    assert!(new.status == 403 && new.body.contains("SignatureDoesNotMatch"));

    let other = served.send("PUT", &target.replace("/Handle?", "/Other?"), &[], GOOD);
    assert!(other.status == 403 && other.body.contains("SignatureDoesNotMatch"));
    assert!(!served.events().contains("CREATE_FAILED"));
}

#[test]
fn a_chunked_document_is_refused() {
    use std::io::{Read as _, Write as _};

    let served = Served::start(WAIT, &[]);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    let request = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n",
        target(&served)
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 501") && answer.contains("NotImplemented"), "{answer}");
}

#[test]
fn what_cannot_be_read_fails_the_wait_condition() {
    let long = format!(r#"{{"Status": "SUCCESS", "UniqueId": "one", "Data": "{}"}}"#, "x".repeat(4096));
    for body in [
        long.as_str(),
        "SUCCESS",
        r#"{"Status": "GOOD", "UniqueId": "one"}"#,
        r#"{"Status": "SUCCESS"}"#,
        r#"["SUCCESS"]"#,
        "",
    ] {
        let served = Served::start(WAIT, &["--once"]);
        assert_eq!(served.send("PUT", &target(&served), &[], body).status, 200);
        let (status, events) = served.wait();
        assert_eq!(status.code(), Some(1), "{body}");
        assert!(events.contains("Unparsable WaitCondition data"), "{events}");
    }
}

#[test]
fn a_failure_at_the_handle_shows_its_reason() {
    let served = Served::start(WAIT, &["--once"]);
    let body = GOOD.replace("SUCCESS", "FAILURE").replace("fine", "no disk\\u001b[2J");
    assert_eq!(served.send("PUT", &target(&served), &[], &body).status, 200);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(1));
    // Nothing of a client's reaches the terminal as a command.
    let shown = "WaitCondition received failed message: 'no disk [2J' for uniqueId: one";
    assert!(events.contains(shown), "{events}");
}

#[test]
fn metadata_needs_a_token_of_its_own() {
    let served = Served::start(SERVER, &[]);
    let path = "/latest/meta-data/instance-id";
    assert_eq!(served.send("GET", path, &[], "").status, 401);
    assert_eq!(served.send("GET", path, &header("x-aws-ec2-metadata-token", "made-up"), "").status, 401);
    for ttl in ["", "0", "21601", "many"] {
        let headers = header("x-aws-ec2-metadata-token-ttl-seconds", ttl);
        assert_eq!(served.send("PUT", "/latest/api/token", &headers, "").status, 400, "{ttl}");
    }
    assert_eq!(served.send("PUT", "/latest/api/token", &[], "").status, 400);
    let mut proxied = header("x-aws-ec2-metadata-token-ttl-seconds", "60");
    proxied.extend(header("x-forwarded-for", "10.0.0.1"));
    assert_eq!(served.send("PUT", "/latest/api/token", &proxied, "").status, 403);

    // A token is good for its time and no longer, and at its own instance only.
    let token =
        served.send("PUT", "/latest/api/token", &header("x-aws-ec2-metadata-token-ttl-seconds", "1"), "");
    assert!(token.head.contains("x-aws-ec2-metadata-token-ttl-seconds: 1"));
    let with = header("x-aws-ec2-metadata-token", &token.body);
    assert_eq!(served.send("GET", path, &with, "").status, 200);
    let other = Served::start(SERVER, &[]);
    assert_eq!(send(other.port, "GET", path, &with, "").status, 401);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(served.send("GET", path, &with, "").status, 401);
}

#[test]
fn metadata_needs_no_token_where_the_template_says_so() {
    let options = |text: &str| format!("{SERVER}    Properties: {{MetadataOptions: {{{text}}}}}\n");
    let served = Served::start(&options("HttpTokens: optional"), &[]);
    let path = "/latest/meta-data/instance-id";
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap();
    assert_eq!(&served.send("GET", path, &[], "").body, instance);
    assert_eq!(&served.metadata(served.port, path).body, instance);
    assert_eq!(served.send("GET", path, &header("x-aws-ec2-metadata-token", "made-up"), "").status, 401);
    let silent = Served::start(&options("HttpEndpoint: disabled"), &[]);
    let ttl = header("x-aws-ec2-metadata-token-ttl-seconds", "60");
    assert_eq!(silent.send("PUT", "/latest/api/token", &ttl, "").status, 403);
    assert_eq!(silent.send("GET", path, &[], "").status, 403);
}

#[test]
fn metadata_says_what_an_instance_can_learn() {
    let tagged = format!("{SERVER}    Properties: {{MetadataOptions: {{InstanceMetadataTags: enabled}}}}\n");
    let served = Served::start(&tagged, &["--region", "eu-west-1"]);
    let get = |path: &str| served.metadata(served.port, path);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap();
    for (path, value) in [
        ("meta-data/instance-id", instance.as_str()),
        ("meta-data/placement/region", "eu-west-1"),
        ("meta-data/placement/availability-zone", "eu-west-1a"),
        ("meta-data/tags/instance/aws:cloudformation:stack-name", "web"),
        ("meta-data/tags/instance/aws:cloudformation:logical-id", "Server"),
        (
            "meta-data/tags/instance/aws:cloudformation:stack-id",
            served.env.get("CFN_REHEARSE_STACK_ID").unwrap(),
        ),
    ] {
        assert_eq!(get(&format!("/latest/{path}")).body, value);
    }
    let document: serde_json::Value =
        serde_json::from_str(&get("/latest/dynamic/instance-identity/document").body).unwrap();
    assert_eq!(document.get("instanceId").unwrap(), instance.as_str());
    assert_eq!(document.get("region").unwrap(), "eu-west-1");
    let info: serde_json::Value = serde_json::from_str(&get("/latest/meta-data/iam/info").body).unwrap();
    assert_eq!(info.get("Code").unwrap(), "Success");
    // Where it is not enabled, nothing tells tags.
    let silent = Served::start(SERVER, &[]);
    let of_silent = |path: &str| silent.metadata(silent.port, &format!("/latest/meta-data/{path}"));
    assert_eq!(of_silent("tags/instance/aws:cloudformation:stack-name").status, 404);
    assert!(!of_silent("").body.contains("tags/"), "{}", of_silent("").body);
    for path in ["meta-data/nothing", "meta-data/iam/security-credentials/other", "user-data", "x"] {
        assert_eq!(get(&format!("/latest/{path}")).status, 404, "{path}");
    }
}

#[test]
fn each_instance_has_metadata_of_its_own() {
    let served = Served::start(&format!("{SERVER}  Second: {{Type: 'AWS::EC2::Instance'}}\n"), &[]);
    for id in ["Server", "Second"] {
        let answer = served.metadata(served.port_of(id), "/latest/meta-data/instance-id");
        assert_eq!(&answer.body, served.env.get(&format!("CFN_REHEARSE_INSTANCE_{id}")).unwrap());
    }
}

#[test]
fn a_name_that_was_made_to_lead_here_is_not_served() {
    let served = Served::start(SERVER, &[]);
    let ttl = ("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), "60".to_owned());
    let rules = r#"{"rules": [{"fault": "503"}]}"#;
    for headers in [header("host", "evil.example"), header("sec-fetch-site", "cross-site")] {
        let headers = [headers, vec![ttl.clone()]].concat();
        for (method, target, body) in [
            ("PUT", "/_rehearsal/faults", rules),
            ("DELETE", "/_rehearsal/faults", ""),
            ("GET", "/_rehearsal/instances", ""),
            ("PUT", "/latest/api/token", ""),
            ("GET", "/?Action=ListStacks", ""),
        ] {
            let answer = served.send(method, target, &headers, body);
            assert!([403, 421].contains(&answer.status), "{method} {target}: {}", answer.head);
            assert!(answer.body.starts_with("A "), "{}", answer.body);
        }
    }
    // Nothing was done.
    assert_eq!(served.call("ListStacks", &[]).status, 200);
    assert_eq!(served.metadata(served.port_of("Server"), "/latest/meta-data/instance-id").status, 200);
}
