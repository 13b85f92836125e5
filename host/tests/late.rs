//! A metadata service that is late, slow or cut off: a signal that cannot be counted is not sent while one that can may come,
//! and where a substitute is sent all the same it is told.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Answer, Received, Run, Server, Signal, answer, metadata};
use tempfile::TempDir;

/// Keys in the environment, which may be anybody's.
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "SK")];

/// As it is on an instance, with the document whole.
fn healthy(request: &Received) -> Answer {
    let known = metadata(request);
    match request.target.as_str() {
        "/latest/dynamic/instance-identity/document"
            if known.as_ref().is_some_and(|known| known.0 == 200) =>
        {
            answer(
                200,
                r#"{"accountId":"111122223333","instanceId":"i-0123456789abcdef0","region":"us-west-2","version":"2017-09-30"}"#,
            )
        }
        _ => known,
    }
}

/// A service that answers as `how` says for a while.
fn late_by(time: Duration, how: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Server {
    let began = Instant::now();
    Server::start(move |request| if began.elapsed() < time { how(request) } else { healthy(request) })
}

/// What a token is where its answer takes longer than anybody waits, and is wanted all the same.
fn tokens_are_slow(request: &Received) -> Answer {
    if request.method == "PUT" {
        thread::sleep(Duration::from_secs(2));
    }
    answer(if request.method == "PUT" { 200 } else { 401 }, "")
}

fn resource(imds: &Server, more: &[&str]) -> Signal {
    Signal::new(&[&["--stack", "S", "--resource", "R"], more].concat()).metadata(imds)
}

fn with(signal: Signal, variables: &[(&str, &str)]) -> Signal {
    variables.iter().fold(signal, |signal, (name, value)| signal.env(name, value))
}

/// Whether `server` has had one signal, of the instance itself.
fn counts(server: &Server) -> bool {
    let received = server.received();
    received.len() == 1 && received[0].target.contains("UniqueId=i-0123456789abcdef0&")
}

/// Whether a substitute is told of.
fn warns(run: &Run) -> bool {
    run.stderr.contains("the unique id is the host's name")
}

/// What the instance's metadata was waited for, as it was told.
fn waits_told(run: &Run) -> usize {
    run.stderr.matches("cfn-signal: waiting for the instance's metadata: ").count()
}

/// A signal with another id, or to another region, is taken and never counted.
#[test]
fn the_instances_own_id_and_region_are_waited_for() {
    type Late = fn(&Received) -> Answer;
    let late: [Late; 8] = [
        |_| answer(404, ""),
        // Somebody else, while there is no way to the service yet.
        |_| Some((302, vec![("location", "http://portal.example/".to_owned())], String::new())),
        |_| answer(400, ""),
        |_| answer(403, ""),
        // It has not begun to give tokens, and wants them.
        |request| answer(if request.method == "PUT" { 405 } else { 401 }, ""),
        |_| answer(500, ""),
        |_| answer(200, "<html>"),
        |request| if request.target.contains("meta-data") { None } else { metadata(request) },
    ];
    thread::scope(|scope| {
        for how in late {
            for by in [&["--role", "web"][..], &["--auth", "instance"], &[]] {
                scope.spawn(move || {
                    let imds = late_by(Duration::from_millis(1_500), how);
                    let server = Server::ok();
                    let run =
                        resource(&imds, &[by, &["--url", &server.url, "--deadline", "20s"]].concat()).run();
                    assert_eq!((run.code, waits_told(&run)), (0, 1), "{by:?}: {run:?}");
                    let request = &server.received()[0];
                    assert!(
                        request.target.contains("UniqueId=i-0123456789abcdef0"),
                        "{by:?}: {}",
                        request.target
                    );
                });
                // Its host shows the region, whoever signs.
                scope.spawn(move || {
                    let imds = late_by(Duration::from_millis(1_500), how);
                    let run = resource(&imds, &[by, &["--dry-run"]].concat()).run();
                    assert_eq!((run.code, waits_told(&run)), (0, 1), "{by:?}: {run:?}");
                    let shown = &run.stdout;
                    assert!(shown.contains("https://cloudformation.us-west-2.amazonaws.com/"), "{shown}");
                    assert!(shown.contains("UniqueId=i-0123456789abcdef0"), "{by:?}: {shown}");
                });
            }
        }
    });
}

#[test]
fn a_wait_handle_is_signalled_by_the_instances_id_where_that_is_late() {
    thread::scope(|scope| {
        for late in [401, 429, 503] {
            scope.spawn(move || {
                let server = Server::ok();
                let imds = late_by(Duration::from_millis(1_500), move |_| answer(late, ""));
                let run = Signal::new(&[&format!("{}/h", server.url)]).metadata(&imds).run();
                assert_eq!((run.code, waits_told(&run)), (0, 1), "{late}: {run:?}");
                let body = &server.received()[0].body;
                assert!(body.contains(r#""UniqueId": "i-0123456789abcdef0""#), "{late}: {body}");
            });
        }
    });
}

/// Where EC2 may not be asked for them.
#[test]
fn tags_that_are_late_are_waited_for() {
    let server = Server::ok();
    let no_tags = |request: &Received| match request.target.contains("/tags/") {
        true => answer(404, ""),
        false => metadata(request),
    };
    let imds = late_by(Duration::from_millis(1_500), no_tags);
    let arguments = ["--discover", "--auth", "instance", "--url", &server.url];
    let run = Signal::new(&arguments).metadata(&imds).run();
    assert_eq!((run.code, waits_told(&run)), (0, 1), "{run:?}");
    let target = &server.received()[0].target;
    assert!(target.contains("LogicalResourceId=TaggedGroup&StackName=tagged-stack&"), "{target}");
}

/// Keys that the environment offers are perhaps not what signs: the instance goes before them.
#[test]
fn keys_in_the_environment_do_not_make_a_machine_another() {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), "[default]\nregion = eu-west-1\n").unwrap();
    let profiles = [("HOME", home.path().to_str().unwrap())];
    thread::scope(|scope| {
        for variables in [&profiles[..], &KEYS, &[("AWS_PROFILE", "none")]] {
            for how in [|_: &Received| None, tokens_are_slow as fn(&Received) -> Answer] {
                scope.spawn(move || {
                    let (server, imds) = (Server::ok(), late_by(Duration::from_secs(4), how));
                    let signal = resource(&imds, &["--url", &server.url, "--deadline", "60s"]);
                    let run = with(signal, variables).run();
                    assert!(
                        run.code == 0 && counts(&server),
                        "{variables:?}: {run:?}, {:?}",
                        server.received()
                    );
                    assert!(server.authorization().starts_with("CFN_V1 "), "{variables:?}");
                    assert!(!warns(&run), "{variables:?}: {run:?}");
                });
            }
        }
    });
}

#[test]
fn a_slow_token_is_waited_for_by_whoever_signs_with_it() {
    thread::scope(|scope| {
        for by in [&["--role", "web"][..], &["--auth", "instance"], &[]] {
            for given in [&[][..], &["-i", "i-0123456789abcdef0", "--region", "us-west-2"]] {
                scope.spawn(move || {
                    let (server, imds) = (Server::ok(), late_by(Duration::from_secs(8), tokens_are_slow));
                    let more = [&["--url", &server.url, "--deadline", "60s"], by, given].concat();
                    let run = resource(&imds, &more).run();
                    assert!(run.code == 0 && counts(&server), "{by:?}: {run:?}");
                });
            }
        }
    });
}

/// As in a container on an instance, whose answers with tokens travel no further than to the instance.
#[test]
fn a_substitute_is_told_of() {
    let (server, imds) = (Server::ok(), Server::start(tokens_are_slow));
    let more = ["--url", &server.url, "--deadline", "9s"];
    let run = with(resource(&imds, &more), &KEYS).env("AWS_REGION", "eu-west-1").run();
    assert_eq!((run.code, server.received().len(), warns(&run)), (0, 1, true), "{run:?}");
    assert!(!run.stderr.contains("us-east-1"), "{run:?}");
    // Where keys are typed, too, and nothing is waited for.
    for (keys, disabled) in
        [(&["--access-key", "AK", "--secret-key", "SK"][..], "true"), (&["--auth", "sigv4"], "false")]
    {
        let (server, imds) = (Server::ok(), Server::start(|_| answer(404, "")));
        let signal = resource(&imds, &[&["--url", &server.url], keys].concat());
        let run = with(signal, &KEYS).env("AWS_EC2_METADATA_DISABLED", disabled).run();
        assert_eq!((run.code, warns(&run)), (0, true), "{run:?}");
        assert!(run.stderr.contains("the region is us-east-1, the default"), "{run:?}");
    }
}

#[test]
fn the_shortest_deadline_leaves_time_to_ask() {
    let (server, imds) = (Server::ok(), Server::start(healthy));
    let run = resource(&imds, &["--url", &server.url, "--deadline", "1s"]).run();
    assert!(run.code == 0 && counts(&server) && run.stderr.is_empty(), "{run:?} {:?}", server.received());
}

/// What signs names the machine, whatever was found before.
#[test]
fn the_identity_document_says_id_and_region() {
    let (server, imds) = (
        Server::ok(),
        Server::start(|request| match request.target.contains("/meta-data/") {
            true => answer(404, ""),
            false => healthy(request),
        }),
    );
    let more = ["--url", &server.url, "--deadline", "6s"];
    let run = with(resource(&imds, &more), &KEYS).run();
    assert!(run.code == 0 && counts(&server), "{run:?} {:?}", server.received());
    assert!(!warns(&run), "{run:?}");
    // The region shows in the endpoint; what is given is kept.
    for (given, id, region) in [
        (&[][..], "i-0123456789abcdef0", "us-west-2"),
        (&["-i", "mine"], "mine", "us-west-2"),
        (&["--region", "eu-west-1"], "i-0123456789abcdef0", "eu-west-1"),
    ] {
        let run = with(resource(&imds, &[given, &["--deadline", "6s", "--dry-run"]].concat()), &KEYS).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains(&format!("UniqueId={id}&")), "{run:?}");
        assert!(run.stdout.contains(&format!("https://cloudformation.{region}.amazonaws.com/")), "{run:?}");
    }
}

/// A key that lies about is no reason to give the instance up that was late.
#[test]
fn the_instance_is_tried_where_a_key_is_refused_that_stood_in_for_it() {
    let known = ["-i", "i-0123456789abcdef0", "--region", "us-west-2", "--deadline", "60s"];
    thread::scope(|scope| {
        // The first asks for another key, the second for none.
        for code in ["ExpiredToken", "SignatureDoesNotMatch"] {
            scope.spawn(move || {
                let server = Server::start(move |request| {
                    let id = vec![("x-amzn-requestid", "rid".to_owned())];
                    Some(match request.headers["authorization"].starts_with("CFN_V1 ") {
                        true => (200, id, "{}".to_owned()),
                        false => (
                            403,
                            id,
                            format!(r#"{{"Error":{{"Code":"{code}","Message":"no","Type":"Sender"}}}}"#),
                        ),
                    })
                });
                let imds = late_by(Duration::from_secs(3), |_| None);
                let run = with(resource(&imds, &[&known[..], &["--url", &server.url]].concat()), &KEYS).run();
                assert_eq!(run.code, 0, "{code}: {run:?}");
                assert!(server.authorization().starts_with("CFN_V1 "), "{code}");
            });
        }
    });
    // What stood in for the instance's id goes with the key.
    let server = Server::start(|request| match request.headers["authorization"].starts_with("CFN_V1 ") {
        true => answer(200, "{}"),
        false => answer(403, r#"{"Error":{"Code":"SignatureDoesNotMatch","Message":"no","Type":"Sender"}}"#),
    });
    let imds = late_by(Duration::from_millis(7_500), |_| None);
    let run = with(resource(&imds, &["--url", &server.url, "--deadline", "12s"]), &KEYS).run();
    assert!(run.code == 0 && warns(&run), "{run:?}");
    let last = &server.received()[1].target;
    assert!(last.contains("UniqueId=i-0123456789abcdef0&"), "{last}");
    // Where no instance comes it ends as it was.
    let server = Server::start(|_| {
        answer(403, r#"{"Error":{"Code":"SignatureDoesNotMatch","Message":"no","Type":"Sender"}}"#)
    });
    let arguments = ["--stack", "S", "--resource", "R", "--url", &server.url];
    let run = with(Signal::new(&[&arguments[..], &known].concat()), &KEYS).run();
    assert_eq!((run.code, server.received().len()), (15, 1), "{run:?}");
}

#[test]
fn discovery_waits_for_a_service_that_is_late() {
    type How = fn(&Received) -> Answer;
    let late: [How; 4] = [
        |_| answer(404, ""),
        |request| {
            if request.target.contains("/tags/") {
                answer(200, "<html>Log in</html>")
            } else {
                healthy(request)
            }
        },
        |request| {
            if request.target.contains("/tags/") { answer(200, "not-a-name!") } else { healthy(request) }
        },
        |_| None,
    ];
    thread::scope(|scope| {
        for how in late {
            scope.spawn(move || {
                let (server, ec2) = (Server::ok(), Server::start(|_| answer(500, "")));
                let imds = late_by(Duration::from_secs(2), how);
                let signal = Signal::new(&["--discover", "--url", &server.url, "--deadline", "30s"]);
                let run = signal.metadata(&imds).env("AWS_ENDPOINT_URL_EC2", &ec2.url).run();
                assert!(run.code == 0 && counts(&server), "{run:?}");
                let target = &server.received()[0].target;
                assert!(target.contains("LogicalResourceId=TaggedGroup&StackName=tagged-stack&"), "{target}");
            });
        }
    });
}

/// A page stays a page: it is never taken for a name.
#[test]
fn a_page_is_no_stacks_name() {
    let (server, imds) = (
        Server::ok(),
        Server::start(|request| match request.target.contains("/tags/") {
            true => answer(200, "<html>Log in</html>"),
            false => healthy(request),
        }),
    );
    let run = Signal::new(&["--discover", "--url", &server.url, "--deadline", "4s"]).metadata(&imds).run();
    assert_eq!((run.code, server.received().len()), (1, 0), "{run:?}");
    assert!(run.stderr.contains("--discover found no stack or resource"), "{run:?}");
}

/// Whoever looks at a request does not wait for minutes, and is told what is missing in it.
#[test]
fn a_dry_run_waits_for_seconds_only() {
    let imds = Server::start(|_| answer(404, ""));
    let signal = |more: &[&str]| resource(&imds, &[&["--dry-run", "--deadline", "10m"], more].concat()).run();
    let run = signal(&[]);
    assert_eq!(run.code, 15, "{run:?}");
    for told in ["the unique id is the host's name", "the region is us-east-1, the default", "no credentials"]
    {
        assert!(run.stderr.contains(told), "{told}: {run:?}");
    }
    let run = signal(&["-i", "x", "--region", "eu-west-1", "--auth", "instance"]);
    assert_eq!(run.code, 15, "{run:?}");
}
