//! The command line, against the built command: usage errors, modes, numbers, what is sent and what is said.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use crate::support::{QUICK, Run, Server, Signal, answer, metadata};

const USAGE: &str = "Usage: cfn-signal [options] [WaitConditionHandle URL]\n\ncfn-signal: error: ";

#[test]
fn usage_errors_exit_with_2_and_ask_nobody() {
    let imds = Server::start(metadata);
    let cases: [(&[&str], &str); 9] = [
        (&["-s", "maybe", "http://h/"], "option -s: invalid choice: 'maybe' (choose from 'true', 'false')"),
        (&["-e", "08", "http://h/"], "option -e: invalid integer value: '08'"),
        (&["--nope"], "no such option: --nope"),
        (&["--re"], "ambiguous option: --re (--reason, --region, --resource?)"),
        (&["-r"], "-r option requires 1 argument"),
        (
            &["--deadline", "soon", "http://h/"],
            "option --deadline: invalid value: 'soon': it has to be like 90s, 5m or 1h30m",
        ),
        (
            &["--deadline=0"],
            "option --deadline: invalid value: '0': it has to be more than nothing and less than 49 days",
        ),
        (
            &["--max-attempts", "0"],
            "option --max-attempts: invalid value: '0': it has to be a whole number from 1 to 4294967295",
        ),
        (
            &["--auth", "instance", "--role", "r"],
            "--auth instance goes with no --credential-file, --role or --access-key",
        ),
    ];
    for (arguments, complaint) in cases {
        let run = Signal::new(arguments).metadata(&imds).run();
        assert_eq!((run.code, run.stderr), (2, format!("{USAGE}{complaint}\n")), "{arguments:?}");
        assert_eq!(run.stdout, "");
    }
    assert!(imds.received().is_empty());
}

#[test]
fn modes_are_checked_in_the_originals_order() {
    let both = "Error: Cannot specify both a WaitConditionHandle URL and a logical resource id\n";
    let neither = "Error: No WaitConditionHandle URL or logical resource id specified\n";
    let no_stack = "Error: You must specify a stack name when signaling a resource\n";
    let cases: [(&[&str], &str, bool); 7] = [
        (&["http://h/", "--resource", "R"], both, false),
        (&["http://h/", "--resource", ""], both, false),
        (&[], neither, true),
        (&["", "--stack", "S"], neither, true),
        (&["--resource", "R"], no_stack, true),
        (&["--resource", "R", "--stack", ""], no_stack, true),
        (&["--resource", "", "--stack", "S"], "Error: the logical resource id is empty", false),
    ];
    for (arguments, line, helps) in cases {
        let run = Signal::new(arguments).run();
        assert_eq!(run.code, 1, "{arguments:?}");
        assert!(run.stderr.starts_with(line), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stderr.contains("\nUsage: cfn-signal [options]"), helps, "{arguments:?}");
    }
}

#[test]
fn help_version_and_completions_go_to_standard_output() {
    let imds = Server::start(metadata);
    let help = Signal::new(&["--help", "--nope"]).metadata(&imds).run();
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    for part in
        ["--credential-file", "--if-complete", "12  wrong-resource", "20  deadline", "Wait condition signals"]
    {
        assert!(help.stdout.contains(part), "{part}");
    }
    let version = Signal::new(&["--version"]).run();
    assert_eq!(version.stdout, format!("cfn-signal {}\n", env!("CARGO_PKG_VERSION")));
    let completions = Signal::new(&["--completions", "bash"]).run();
    assert!(completions.stdout.contains("--exit-code") && completions.code == 0);
    assert!(imds.received().is_empty());
}

fn status_sent(arguments: &[&str]) -> (Run, String) {
    let server = Server::ok();
    let handle = format!("{}/h?X=1", server.url);
    let run = Signal::new(&[arguments, &["-i", "x", &handle]].concat()).run();
    let body = server.received().first().map(|request| request.body.clone()).unwrap_or_default();
    (run, body)
}

#[test]
fn success_is_derived_as_the_original_does() {
    let cases: [(&[&str], &str); 8] = [
        (&[], "SUCCESS"),
        (&["-e", "0"], "SUCCESS"),
        (&["-e", "-1"], "FAILURE"),
        (&["-e", "010", "-s", "true"], "FAILURE"),
        (&["-s", "false", "-e", "0"], "FAILURE"),
        (&["-s", "false", "-s", "true"], "SUCCESS"),
        (&["-e", "1", "-e", "0x0"], "SUCCESS"),
        (&["--succ=false"], "FAILURE"),
    ];
    for (arguments, status) in cases {
        let (run, body) = status_sent(arguments);
        assert_eq!(run.stdout, format!("CloudFormation signaled successfully with status {status}\n"));
        assert!(body.starts_with(&format!("{{\"Status\": \"{status}\"")), "{arguments:?}: {body}");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
}

#[test]
fn the_wait_handles_request_has_an_empty_content_type() {
    let server = Server::ok();
    let run =
        Signal::new(&["-i", "x", "-r", "--data", "-d", "é", &format!("{}/a%3Ab?S=%2b", server.url)]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let request = &server.received()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("PUT", "/a%3Ab?S=%2B"));
    assert!(request.head.contains("\r\ncontent-type: \r\n"), "{}", request.head);
    assert_eq!(request.headers["user-agent"], format!("cfn-signal/{}", env!("CARGO_PKG_VERSION")));
    assert!(
        !request.headers.contains_key("accept-encoding")
            && !request.headers.contains_key("transfer-encoding")
    );
    let body = r#"{"Status": "SUCCESS", "Reason": "--data", "Data": "\u00e9", "UniqueId": "x"}"#;
    assert_eq!(request.body, body);
}

#[test]
fn what_is_not_sent_is_said() {
    let server = Server::ok();
    let arguments = [
        "--stack",
        "S",
        "--resource",
        "R",
        "--region",
        "",
        "-i",
        "x",
        "--url",
        &server.url,
        "-r",
        "because",
        "-d",
        "x",
    ];
    let run = Signal::new(&[&arguments[..], &["--access-key", "AK", "--secret-key", "SK"]].concat()).run();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
    for part in ["--reason is not sent", "--data is not sent", "--region is empty", "the region is us-east-1"]
    {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert_eq!(run.stderr.lines().count(), 4);
    assert!(!server.received()[0].target.contains("because"));
}

#[test]
fn a_unique_id_has_at_most_64_characters() {
    let server = Server::ok();
    let handle = format!("{}/h", server.url);
    let run = Signal::new(&["-i", &"é".repeat(65), &handle]).run();
    assert_eq!(run.stderr, "Error: the unique id has 65 characters, and CloudFormation takes 64\n");
    assert_eq!(run.code, 1);
    assert_eq!(Signal::new(&["-i", &"é".repeat(64), &handle]).run().code, 0);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn a_handle_that_is_no_url_is_not_repeated() {
    for handle in ["notaurl", "ftp://secret/x", "c2VjcmV0", "HTTP://secret/"] {
        let run = Signal::new(&["-i", "x", handle]).run();
        assert_eq!(run.code, 1, "{handle}");
        assert!(
            run.stderr.starts_with("Error: Invalid WaitConditionHandle URL specified: "),
            "{}",
            run.stderr
        );
        assert_eq!(run.stderr.lines().count(), 1);
        run.assert_hides(&[handle, "secret"]);
    }
}

#[test]
fn outcomes_have_exit_codes_of_their_own() {
    let error = |code: &str, message: &str| {
        format!(
            r#"{{"Error":{{"Code":"{code}","Message":"{message}","Type":"Sender"}},"RequestId":"rid-1"}}"#
        )
    };
    let complete =
        error("ValidationError", "Stack arn:aws:x is in CREATE_COMPLETE state and cannot be signaled");
    let cases = [
        (400, complete.clone(), 10, "already-complete"),
        (400, error("ValidationError", "Resource R does not exist for stack S"), 12, "wrong-resource"),
        // Retried up to the deadline.
        (400, error("Throttling", "Rate exceeded"), 16, "throttled"),
        (
            403,
            error(
                "AccessDenied",
                "User: arn:aws:iam::1:user/x is not authorized to perform: cloudformation:SignalResource",
            ),
            14,
            "denied",
        ),
        (404, "nothing".to_owned(), 17, "rejected"),
        (500, "oops".to_owned(), 18, "unreachable"),
    ];
    for (status, body, code, name) in cases {
        let server = Server::start(move |_| answer(status, &body));
        let arguments =
            ["--stack", "S", "--resource", "R", "--region", "us-east-1", "-i", "x", "--url", &server.url];
        // A permission that is new is waited for, too.
        let deadline = if matches!(name, "throttled" | "denied") { "2s" } else { "1m" };
        let keys =
            ["--access-key", "AKIAIOSFODNN7EXAMPLE", "--secret-key", "hunter2", "--deadline", deadline];
        let run = Signal::new(&[&arguments[..], &keys, &QUICK].concat()).run();
        assert_eq!(run.code, code, "{name}: {run:?}");
        let last = run.stderr.lines().last().unwrap();
        assert!(last.starts_with(&format!("cfn-signal: {name}: ")), "{last}");
        assert!(
            last.ends_with("; signed with access key AKIAIOSFODNN7EXAMPLE from the command line"),
            "{last}"
        );
        run.assert_hides(&["hunter2"]);
    }
    let server = Server::start(move |_| answer(400, &complete));
    let arguments =
        ["--stack", "S", "--resource", "R", "-i", "x", "--url", &server.url, "--if-complete", "ok"];
    let keys = ["--access-key", "AK", "--secret-key", "SK", "--region", "us-east-1"];
    let run = Signal::new(&[&arguments[..], &keys].concat()).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.starts_with("cfn-signal: already-complete: "), "{run:?}");
}

#[test]
fn each_wait_is_told() {
    let server = Server::start({
        let count = std::sync::atomic::AtomicU32::new(0);
        move |_| {
            answer(if count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 { 503 } else { 200 }, "")
        }
    });
    let run = Signal::new(&[
        "-i",
        "x",
        "--max-delay",
        "20ms",
        "--deadline",
        "1m",
        &format!("{}/h?Signature=s3cr3t", server.url),
    ])
    .run();
    assert_eq!(run.code, 0);
    let note = run.stderr.lines().next().unwrap_or_else(|| panic!("{run:?}"));
    assert!(
        note.starts_with("cfn-signal: the server answered 503; next try in 0.0 s, giving up in "),
        "{note}"
    );
    run.assert_hides(&["s3cr3t"]);
}

#[test]
fn a_wait_is_told_with_the_code_that_aws_gave() {
    let body = r#"{"Error":{"Code":"Throttling","Message":"Rate exceeded","Type":"Sender"}}"#;
    let server = Server::start(move |_| answer(400, body));
    let handle = format!("{}/h", server.url);
    let run = Signal::new(&["-i", "x", "--max-delay", "200ms", "--deadline", "1500ms", &handle]).run();
    assert_eq!(run.code, 16, "{run:?}");
    assert!(
        run.stderr.starts_with("cfn-signal: AWS answered 400 Throttling: Rate exceeded; next try in "),
        "{}",
        run.stderr
    );
}

#[test]
fn an_address_that_no_client_takes_is_refused_at_once() {
    let long = format!("http://127.0.0.1:1/{}", "s".repeat(70_000));
    for handle in [&long, "http://127.0.0.1:99999/ssss", "http://[::1/ssss"] {
        let run = Signal::new(&["-i", "x", handle]).run();
        assert_eq!((run.code, run.stderr.lines().count()), (1, 1), "{}", run.stderr.len());
        let said = if handle == long {
            "Error: the address is not one to send to: "
        } else {
            "Error: Invalid WaitConditionHandle URL specified: the wait condition handle is not a whole"
        };
        assert!(run.stderr.starts_with(said), "{}", run.stderr);
        run.assert_hides(&["ssss"]);
    }
}

#[test]
fn help_fits_the_terminal() {
    for columns in [80, 100] {
        let help = Signal::new(&["--help"]).env("COLUMNS", &columns.to_string()).run();
        for line in help.stdout.lines() {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
        assert!(help.stdout.contains("(see --if-complete)\n"), "an outcome's line is broken");
    }
}

#[cfg(unix)]
#[test]
fn what_is_not_utf_8_is_said_and_does_not_keep_a_signal() {
    use std::os::unix::ffi::OsStrExt as _;
    let server = Server::ok();
    let handle = format!("{}/h", server.url);
    let reason = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let run = Signal::new(&["-i", "x", &handle, "-r"]).argument(reason).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("an argument is not UTF-8"), "{}", run.stderr);
    assert!(server.received()[0].body.contains(r"caf\ufffd"), "{}", server.received()[0].body);
}
