//! `--discover` where the instance's metadata offers no tags: EC2 is asked for them.
#![expect(clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::{Answer, Received, Run, Server, Signal, answer, metadata};

const UNTAGGED: &str = "<DescribeTagsResponse><requestId>r</requestId><tagSet/></DescribeTagsResponse>";

fn tags() -> String {
    let item = |key: &str, value: &str| {
        format!(
            "<item><resourceId>i-0123456789abcdef0</resourceId><resourceType>instance</resourceType><key>{key}</key>\
             <value>{value}</value></item>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeTagsResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId><tagSet>{}{}</tagSet>\
         </DescribeTagsResponse>",
        item("aws:cloudformation:logical-id", "Ec2Group"),
        item("aws:cloudformation:stack-name", "ec2-stack")
    )
}

fn error(status: u16, code: &str) -> Answer {
    let body = format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>You are not welcome. Encoded authorization failure \
         message: abcdef</Message></Error></Errors><RequestID>r</RequestID></Response>"
    );
    answer(status, &body)
}

/// A metadata service without tags.
fn tagless(request: &Received) -> Answer {
    if request.target.contains("/tags/") { answer(404, "") } else { metadata(request) }
}

fn discover(server: &Server, ec2: &Server, more: &[&str]) -> Signal {
    Signal::new(&[&["--discover", "--url", &server.url], more].concat()).env("AWS_ENDPOINT_URL_EC2", &ec2.url)
}

fn target(server: &Server) -> String {
    server.received().last().map(|request| request.target.clone()).unwrap_or_default()
}

#[test]
fn ec2_is_asked_as_the_role_and_the_signal_sent_as_the_instance() {
    let (server, ec2, imds) = (Server::ok(), Server::start(|_| answer(200, &tags())), Server::start(tagless));
    let run = discover(&server, &ec2, &["-vv"]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        target(&server).contains("LogicalResourceId=Ec2Group&StackName=ec2-stack&"),
        "{}",
        target(&server)
    );
    assert!(server.received()[0].headers["authorization"].starts_with("CFN_V1 "));
    let asked = &ec2.received()[0];
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str(), asked.body.as_str()),
        (
            "POST",
            "/",
            "Action=DescribeTags&Version=2016-11-15&Filter.1.Name=resource-id&Filter.1.Value.1=i-0123456789abcdef0\
             &Filter.2.Name=key&Filter.2.Value.1=aws%3Acloudformation%3Astack-name\
             &Filter.2.Value.2=aws%3Acloudformation%3Alogical-id"
        )
    );
    let authorization = &asked.headers["authorization"];
    assert!(authorization.contains("Credential=ASIAROLE/"), "{authorization}");
    assert!(authorization.contains("/us-west-2/ec2/aws4_request"), "{authorization}");
    assert_eq!(asked.headers["x-amz-security-token"], "role-token");
    run.assert_hides(&["role-secret", "role-token"]);
}

#[test]
fn what_is_given_is_not_asked_for_and_keys_that_are_given_ask() {
    let (server, ec2, imds) = (Server::ok(), Server::start(|_| answer(200, &tags())), Server::start(tagless));
    let keys = ["--access-key", "AK", "--secret-key", "SK", "--stack", "mine", "--region", "eu-west-1"];
    let run = discover(&server, &ec2, &keys).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(target(&server).contains("LogicalResourceId=Ec2Group&StackName=mine&"), "{}", target(&server));
    let asked = &ec2.received()[0];
    assert!(!asked.body.contains("stack-name"), "{}", asked.body);
    let authorization = &asked.headers["authorization"];
    assert!(authorization.contains("Credential=AK/") && authorization.contains("/eu-west-1/ec2/"));
    // Tags in metadata are enough, and need no permission; nor is anything looked up that is given.
    for (imds, more) in [(Server::start(metadata), &[][..]), (imds, &["--stack", "S", "--resource", "R"])] {
        assert_eq!(discover(&server, &ec2, more).metadata(&imds).run().code, 0);
    }
    assert_eq!(ec2.received().len(), 1);
}

#[test]
fn what_may_pass_is_waited_for() {
    thread::scope(|scope| {
        for first in [
            (|| error(503, "RequestLimitExceeded")) as fn() -> Answer,
            || error(400, "Throttling"),
            || answer(500, ""),
            || answer(403, "<html>Please log in</html>"),
            || answer(200, "<html>Please log in</html>"),
            || answer(200, UNTAGGED),
            || error(403, "UnauthorizedOperation"),
            || None,
        ] {
            scope.spawn(move || {
                let asked = AtomicUsize::new(0);
                let ec2 = Server::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
                    0 => first(),
                    _ => answer(200, &tags()),
                });
                let (server, imds) = (Server::ok(), Server::start(tagless));
                let run = discover(&server, &ec2, &["--deadline", "60s"]).metadata(&imds).run();
                assert_eq!((run.code, ec2.received().len()), (0, 2), "{:?}: {run:?}", first());
                assert!(target(&server).contains("StackName=ec2-stack&"));
            });
        }
    });
}

fn refused(run: &Run, parts: &[&str]) {
    let waits = |line: &&str| line.starts_with("cfn-signal: waiting for the instance's metadata: ");
    let lines = run.stderr.lines().filter(|line| !waits(line)).count();
    assert_eq!((run.code, lines), (1, 1), "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn who_may_not_ask_is_told_all_ways_out() {
    let ec2 = Server::start(|_| error(403, "UnauthorizedOperation"));
    let (server, imds) = (Server::ok(), Server::start(tagless));
    let run = discover(&server, &ec2, &["--deadline", "5s"]).metadata(&imds).run();
    let ways = [
        "InstanceMetadataTags: enabled",
        "ec2:DescribeTags to the credentials",
        "--stack and --resource",
        "EC2 answered 403 UnauthorizedOperation: You are not welcome:",
    ];
    refused(&run, &ways);
    run.assert_hides(&["abcdef:", "role-secret"]);
    // Nobody to ask as: the metadata has no role.
    let roleless =
        Server::start(
            |request| if request.target.contains("/iam/") { answer(404, "") } else { tagless(request) },
        );
    let run = discover(&server, &ec2, &["--deadline", "5s"]).metadata(&roleless).run();
    refused(
        &run,
        &["no credentials to ask EC2 with: AWS chain: ", "InstanceMetadataTags", "ec2:DescribeTags"],
    );
    // What is wrong with the question stays so.
    let wrong = Server::start(|_| error(400, "InvalidParameterValue"));
    let run = discover(&server, &wrong, &[]).metadata(&imds).run();
    refused(&run, &["EC2 answered 400 InvalidParameterValue"]);
    assert_eq!(wrong.received().len(), 1);
    // Only the instance's identity is wanted, which EC2 does not know.
    let asked = ec2.received().len();
    let run = discover(&server, &ec2, &["--auth", "instance", "--deadline", "4s"]).metadata(&imds).run();
    refused(&run, &["InstanceMetadataTags: enabled", "give --stack and --resource"]);
    assert_eq!((ec2.received().len(), server.received().len()), (asked, 0));
}

#[test]
fn a_wrong_clock_is_set_by_the_answer() {
    let ec2 = Server::start(|request| {
        if request.headers["x-amz-date"].starts_with("20300101T") {
            return answer(200, &tags());
        }
        let date = ("date", "Tue, 01 Jan 2030 12:00:00 GMT".to_owned());
        error(401, "AuthFailure").map(|(status, _, body)| (status, vec![date], body))
    });
    let (server, imds) = (Server::ok(), Server::start(tagless));
    let run = discover(&server, &ec2, &["--deadline", "60s"]).metadata(&imds).run();
    assert_eq!((run.code, ec2.received().len()), (0, 2), "{run:?}");
}

/// Whoever is on the way has a clock of his own.
#[test]
fn a_proxys_clock_sets_none() {
    let asked = AtomicUsize::new(0);
    let ec2 = Server::start(move |request| {
        let date = ("date", "Tue, 01 Jan 2030 12:00:00 GMT".to_owned());
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 => Some((502, vec![date], "<html>Bad gateway</html>".to_owned())),
            _ if request.headers["x-amz-date"].starts_with("20300101T") => error(401, "AuthFailure"),
            _ => answer(200, &tags()),
        }
    });
    let (server, imds) = (Server::ok(), Server::start(tagless));
    let run = discover(&server, &ec2, &["--deadline", "20s"]).metadata(&imds).run();
    assert_eq!((run.code, ec2.received().len()), (0, 2), "{run:?}");
}
