//! The instance metadata service: versions, absence, slowness; what is taken from it and when it is left alone.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use crate::support::{Received, Run, Server, Signal, answer, metadata, metadata_v1};

fn signal_resource(server: &Server, imds: &Server, more: &[&str]) -> Run {
    let arguments = ["--stack", "S", "--resource", "R", "--url", &server.url];
    Signal::new(&[&arguments[..], more].concat()).metadata(imds).run()
}

fn targets(server: &Server) -> Vec<String> {
    server
        .received()
        .into_iter()
        .map(|request: Received| format!("{} {}", request.method, request.target))
        .collect()
}

#[test]
fn version_2_with_one_token_for_all() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let run = signal_resource(&server, &imds, &[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    assert_eq!(
        targets(&imds),
        [
            "PUT /latest/api/token",
            "GET /latest/meta-data/instance-id",
            "GET /latest/meta-data/placement/region",
            "GET /latest/dynamic/instance-identity/document",
            "GET /latest/dynamic/instance-identity/signature",
        ]
    );
    let token = &imds.received()[0];
    assert_eq!(token.headers["x-aws-ec2-metadata-token-ttl-seconds"], "21600");
    assert_eq!(token.headers["content-length"], "0");
    let request = &server.received()[0];
    // The document without the white space at its end, and the signature without its line breaks.
    assert_eq!(
        request.headers["authorization"],
        "CFN_V1 ewogICJpbnN0YW5jZUlkIiA6ICJpLTAxMjM0NTY3ODlhYmNkZWYwIgp9:c2lnbmF0"
    );
    assert!(request.target.contains("UniqueId=i-0123456789abcdef0"));
}

#[test]
fn version_1_where_there_are_no_tokens() {
    for status in [400, 403, 404, 405] {
        let imds = Server::start(move |request| match request.method.as_str() {
            "PUT" => answer(status, "no"),
            _ => metadata_v1(request),
        });
        let server = Server::ok();
        assert_eq!(signal_resource(&server, &imds, &[]).code, 0);
        let asked = imds.received();
        assert_eq!(asked.iter().filter(|request| request.method == "PUT").count(), 1);
        assert!(!asked[1].headers.contains_key("x-aws-ec2-metadata-token"));
    }
}

/// A service that fails for now has tokens all the same.
#[test]
fn a_token_that_fails_for_now_is_asked_for_again() {
    let failed = std::sync::atomic::AtomicU32::new(0);
    let imds = Server::start(move |request| match request.method.as_str() {
        "PUT" if failed.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 2 => answer(503, "busy"),
        _ => metadata(request),
    });
    let server = Server::ok();
    let run = signal_resource(&server, &imds, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    let asked = imds.received();
    assert_eq!(asked.iter().filter(|request| request.method == "PUT").count(), 3);
    let without = |request: &&Received| !request.headers.contains_key("x-aws-ec2-metadata-token");
    assert_eq!(asked.iter().filter(|request| request.method == "GET").filter(without).count(), 0);
}

/// A token that ends while a delivery goes on is replaced by one new one.
#[test]
fn a_token_that_has_expired_is_replaced() {
    let given = std::sync::atomic::AtomicU32::new(0);
    let asked = std::sync::atomic::AtomicU32::new(0);
    let imds = Server::start(move |request| {
        use std::sync::atomic::Ordering::SeqCst;
        if request.method == "PUT" {
            return answer(200, &format!("TOKEN{}", given.fetch_add(1, SeqCst)));
        }
        // The first token is good for two values.
        let token = request.headers.get("x-aws-ec2-metadata-token").map(String::as_str);
        if token == Some("TOKEN0") && asked.fetch_add(1, SeqCst) >= 2 {
            return answer(401, "");
        }
        let mut known = request.clone();
        known.headers.insert("x-aws-ec2-metadata-token".to_owned(), "TOKEN".to_owned());
        metadata(&known)
    });
    let server = Server::ok();
    let run = signal_resource(&server, &imds, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let puts = imds.received().iter().filter(|request| request.method == "PUT").count();
    assert_eq!((puts, server.received().len()), (2, 1));
    assert!(server.received()[0].headers["authorization"].starts_with("CFN_V1 "));
}

#[test]
fn a_token_that_is_wanted_and_not_given_is_an_error() {
    let imds = Server::start(|request| answer(if request.method == "PUT" { 403 } else { 401 }, ""));
    // A service that has only just begun may be so: it is asked again.
    let arguments =
        ["--stack", "S", "--resource", "R", "-i", "x", "--region", "us-east-1", "--auth", "instance"];
    let run = Signal::new(&[&arguments[..], &["--deadline", "2s"]].concat()).metadata(&imds).run();
    assert_eq!(run.code, 15, "{run:?}");
    let why = "no credentials: instance metadata wants a token and gives none; --auth instance works on an EC2 instance only";
    assert!(said(&run).contains(why), "{run:?}");
    assert!(imds.received().iter().filter(|request| request.method == "PUT").count() > 1);
}

#[test]
fn a_token_that_does_not_arrive_is_the_hop_limit() {
    let imds = Server::start(|request| {
        if request.method == "PUT" {
            thread::sleep(Duration::from_secs(3));
            return None;
        }
        answer(401, "")
    });
    for variables in [&[][..], &[("AWS_EC2_METADATA_V1_DISABLED", "true")]] {
        let run = as_the_instance(&imds, variables);
        assert_eq!(run.code, 15, "{run:?}");
        let why = "no credentials: instance metadata answers, and its token does not arrive (in a container the instance's \
                   metadata hop limit has to be 2); --auth instance works on an EC2 instance only";
        assert!(said(&run).contains(why), "{run:?}");
    }
}

#[test]
fn version_1_is_not_used_where_it_is_disabled() {
    let imds =
        Server::start(|request| if request.method == "PUT" { answer(404, "") } else { metadata_v1(request) });
    let run = as_the_instance(&imds, &[("AWS_EC2_METADATA_V1_DISABLED", "true")]);
    assert_eq!(run.code, 15, "{run:?}");
    let why = "no credentials: instance metadata gives no token, and version 1 is disabled \
               (AWS_EC2_METADATA_V1_DISABLED); --auth instance works on an EC2 instance only";
    assert!(said(&run).contains(why), "{run:?}");
    assert!(targets(&imds).iter().all(|target| target.starts_with("PUT ")), "{:?}", targets(&imds));
}

/// The line without what it took.
fn said(run: &Run) -> &str {
    let line = run.stderr.trim_end();
    line.rsplit_once(" (nothing sent, ").map_or(line, |(said, _)| said)
}

/// Signals as the instance, whose id and region are known.
fn as_the_instance(imds: &Server, variables: &[(&str, &str)]) -> Run {
    let arguments =
        ["--stack", "S", "--resource", "R", "-i", "x", "--region", "us-east-1", "--auth", "instance"];
    // A service that has only just begun may be so: it is asked again until half a minute has passed, or the time is up.
    let signal = Signal::new(&[&arguments[..], &["--deadline", "4s"]].concat()).metadata(imds);
    variables.iter().fold(signal, |signal, (name, value)| signal.env(name, value)).run()
}

#[test]
fn nothing_is_asked_when_all_is_given() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let given = ["-i", "x", "--region", "us-east-1", "--access-key", "AK", "--secret-key", "SK"];
    assert_eq!(signal_resource(&server, &imds, &given).code, 0);
    assert_eq!(Signal::new(&["-i", "x", &format!("{}/h", server.url)]).metadata(&imds).run().code, 0);
    assert_eq!(Signal::new(&["-i", "x", "notaurl"]).metadata(&imds).run().code, 1);
    assert!(imds.received().is_empty(), "{:?}", targets(&imds));
}

#[test]
fn an_empty_id_and_region_are_looked_up() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let run =
        signal_resource(&server, &imds, &["-i", "", "--region=", "--access-key", "AK", "--secret-key", "SK"]);
    assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
    let request = &server.received()[0];
    assert!(request.target.contains("UniqueId=i-0123456789abcdef0"));
    assert!(request.headers["authorization"].contains("/us-west-2/cloudformation/"));
}

#[test]
fn the_environments_region_goes_before_the_instances() {
    for (variables, region) in [
        (vec![("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")], "eu-west-1"),
        (vec![("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-west-2")], "eu-west-2"),
        (vec![], "us-west-2"),
    ] {
        let (server, imds) = (Server::ok(), Server::start(metadata));
        let keys = ["--access-key", "AK", "--secret-key", "SK", "-i", "x"];
        let arguments = ["--stack", "S", "--resource", "R"];
        let mut signal = Signal::new(&[&arguments[..], &keys].concat())
            .metadata(&imds)
            .env("AWS_ENDPOINT_URL", &server.url);
        for (name, value) in variables {
            signal = signal.env(name, value);
        }
        assert_eq!(signal.run().code, 0);
        assert!(
            server.received()[0].headers["authorization"].contains(&format!("/{region}/cloudformation/"))
        );
    }
}

const VPC_ENDPOINT: &str = "https://vpce-0123-abcd.cloudformation.eu-west-1.vpce.amazonaws.com";

/// Shows a request that is signed with keys.
fn shown(more: &[&str], variables: &[(&str, &str)]) -> Run {
    let arguments = ["--stack", "S", "--resource", "R", "-i", "x", "--dry-run"];
    let keys = ["--access-key", "AK", "--secret-key", "SK"];
    let signal = Signal::new(&[&arguments[..], &keys, more].concat());
    variables.iter().fold(signal, |signal, (name, value)| signal.env(name, value)).run()
}

#[test]
fn without_a_region_the_endpoints_is_signed() {
    let warned = "the endpoint one of eu-west-1";
    for (more, variables, region, differs) in [
        (&["--url", VPC_ENDPOINT][..], &[][..], "eu-west-1", false),
        (&[], &[("AWS_ENDPOINT_URL_CLOUDFORMATION", VPC_ENDPOINT)], "eu-west-1", false),
        (&["--url", VPC_ENDPOINT, "--region", "eu-west-1"], &[], "eu-west-1", false),
        (&["--url", VPC_ENDPOINT, "--region", "us-west-2"], &[], "us-west-2", true),
        (&["--url", VPC_ENDPOINT], &[("AWS_REGION", "us-west-2")], "us-west-2", true),
        (&["--url", "https://cloudformation.internal"], &[], "us-east-1", false),
    ] {
        let run = shown(more, variables);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains(&format!("/{region}/cloudformation/aws4_request")), "{}", run.stdout);
        assert_eq!(run.stderr.contains(warned), differs, "{more:?}: {}", run.stderr);
    }
}

#[test]
fn what_a_template_did_not_resolve_is_refused() {
    let cases = [
        (&["--region", "${Token[AWS.Region.4]}"][..], &[][..], "--region"),
        (&[], &[("AWS_DEFAULT_REGION", "${AWS::Region}")], "the environment's region"),
        (&["--stack", "${AWS::StackName}"], &[], "--stack"),
        (&["--resource", "${Token[TOKEN.12]}"], &[], "--resource"),
        (&["--url", "https://cloudformation.${AWS::Region}.amazonaws.com"], &[], "the endpoint URL"),
    ];
    for (more, variables, what) in cases {
        let run = shown(more, variables);
        assert_eq!((run.code, run.stderr.lines().count()), (1, 1), "{run:?}");
        let told =
            format!("Error: {what} holds a CDK token or a variable of Fn::Sub that was never resolved (${{");
        assert!(run.stderr.starts_with(&told), "{}", run.stderr);
    }
}

#[test]
fn stack_and_resource_from_the_instances_tags() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let run = Signal::new(&["--discover", "--url", &server.url, "-e", "1"]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    let target = &server.received()[0].target;
    assert!(target.contains("LogicalResourceId=TaggedGroup&StackName=tagged-stack&"), "{target}");
    assert!(target.contains("Status=FAILURE"));
}

#[test]
fn where_there_is_none_a_wait_handle_is_signalled_as_the_host_at_once() {
    let server = Server::ok();
    let handle = format!("{}/h", server.url);
    // Nothing listens on port 1; and a listener that accepts and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    for endpoint in ["http://127.0.0.1:1", &silent] {
        let run = Signal::new(&[&handle])
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
        assert!(run.took < Duration::from_secs(3), "{:?}", run.took);
    }
    assert_eq!(server.received().len(), 2);
    assert!(!server.received()[0].body.contains(r#""UniqueId": """#));
}

/// By then there is no time to ask without a token.
#[test]
fn what_is_looked_up_ends_with_the_deadline() {
    let (server, imds) = (
        Server::ok(),
        Server::start(|_| {
            thread::sleep(Duration::from_secs(2));
            None
        }),
    );
    let handle = format!("{}/h", server.url);
    let run = Signal::new(&["--deadline", "400ms", &handle]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(targets(&imds), ["PUT /latest/api/token"]);
}

/// It may be late: it is waited for until the deadline. Where it is not to be asked, there is nothing to wait for.
#[test]
fn where_there_is_none_credentials_are_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let arguments =
        ["-i", "x", "--stack", "S", "--resource", "R", "--url", "http://127.0.0.1:1", "--deadline", "4s"];
    let run = Signal::new(&arguments)
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint)
        .run();
    assert_eq!(run.code, 15, "{run:?}");
    assert!(run.stderr.starts_with("cfn-signal: no credentials: instance metadata "), "{}", run.stderr);
    let last = run.stderr.lines().last().unwrap();
    assert!(
        last.starts_with(
            "cfn-signal: credentials: no more time before the deadline of 4 s: no credentials: "
        ),
        "{last}"
    );
    let run =
        Signal::new(&arguments).env("AWS_REGION", "eu-west-1").env("AWS_EC2_METADATA_DISABLED", "true").run();
    assert_eq!((run.code, run.stderr.lines().count()), (15, 1), "{run:?}");
}

/// Whoever has signalled is looked for by the instance's id.
#[test]
fn an_answer_of_500_is_asked_again_for_a_wait_handle_and_then_done_without() {
    let (server, imds) = (Server::ok(), Server::start(|_| answer(500, "")));
    let run = Signal::new(&["--deadline", "6s", &format!("{}/h", server.url)]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(waits_told(&run), ["instance metadata answers 500 for api/token"], "{run:?}");
    // Tokens are all that is asked for: what a service that fails would say without one, nobody knows.
    let asked = imds.received();
    assert!(asked.len() > 3 && asked.iter().all(|request| request.method == "PUT"), "{asked:?}");
    let body = &server.received()[0].body;
    assert!(!body.contains(r#""UniqueId": """#) && !body.contains("i-0123456789abcdef0"), "{body}");
}

/// What the instance's metadata was waited for, as it was told.
fn waits_told(run: &Run) -> Vec<&str> {
    run.stderr
        .lines()
        .filter_map(|line| line.strip_prefix("cfn-signal: waiting for the instance's metadata: "))
        .collect()
}

#[test]
fn never_through_a_proxy() {
    let (server, imds, proxy) = (Server::ok(), Server::start(metadata), Server::ok());
    let run = Signal::new(&["--stack", "S", "--resource", "R", "--url", &server.url])
        .metadata(&imds)
        .env("http_proxy", &proxy.url)
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!imds.received().is_empty() && server.received().is_empty());
    assert_eq!(proxy.received().len(), 1);
    assert!(proxy.received()[0].target.starts_with(&format!("{}/?Action=SignalResource&", server.url)));
}

#[test]
fn a_page_of_somebody_else_is_no_metadata() {
    let (server, imds) = (Server::ok(), Server::start(|_| answer(200, "<html>Please log in</html>")));
    let keys = ["--access-key", "AK", "--secret-key", "SK"];
    let run = signal_resource(&server, &imds, &keys);
    assert_eq!(run.code, 0, "{run:?}");
    let request = &server.received()[0];
    assert!(!request.target.contains("html"), "{}", request.target);
    assert!(request.headers["authorization"].contains("/us-east-1/cloudformation/"));
}
