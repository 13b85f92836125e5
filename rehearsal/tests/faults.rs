//! Faults on demand, as a client meets them.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::common::{SERVER, Served, now, signal_query, text};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

/// Long enough for any machine; only what hangs reaches it.
const PATIENCE: Duration = Duration::from_secs(60);

const HANDLE: &str = "
Resources:
  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Timeout: '300'}
";

fn signal(served: &Served, key: &AccessKey) -> crate::common::Answer {
    served.signed(&signal_query("web", "Server", "i-1", "SUCCESS"), key, 0)
}

/// Path and query of the handle's URL.
fn handle(served: &Served) -> String {
    let url = served.env.get("CFN_REHEARSE_HANDLE_Handle").unwrap();
    url.strip_prefix(&format!("http://127.0.0.1:{}", served.port)).unwrap().to_owned()
}

/// Sends and reads until the connection ends; the kind of error it ends with.
fn ending(port: u16, request: &str) -> (String, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).err().map(|error| error.kind());
    (text(&answer), error)
}

#[test]
fn the_api_fails_in_its_own_words() {
    for (rule, status, code, message) in [
        ("throttling", 400, "Throttling", "Rate exceeded"),
        ("500", 500, "InternalFailure", "The request processing has failed because of an unknown error"),
        (
            "503",
            503,
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
        ),
        (
            "unpropagated",
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        (
            "denied",
            403,
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/rehearsal is not authorized to perform: \
             cloudformation:SignalResource on resource: arn:aws:cloudformation:us-east-1:123456789012:stack/web/*",
        ),
    ] {
        let served = Served::start(SERVER, &["--fault", &format!("SignalResource:{rule},first=1")]);
        let answer = signal(&served, &served.key());
        let (found, said) = answer.error();
        assert_eq!((answer.status, found.as_str()), (status, code), "{rule}");
        assert!(said.starts_with(message), "{rule}: {said}");
        // In XML too, and to nobody else; then no more.
        let query = signal_query("web", "Server", "i-2", "SUCCESS").replace("&ContentType=JSON", "");
        let xml = served.send("GET", &format!("/?{query}"), &[], "");
        let expected =
            if ["unpropagated", "denied"].contains(&rule) { "MissingAuthenticationToken" } else { code };
        assert!(xml.body.contains(&format!("<Code>{expected}</Code>")), "{rule}: {}", xml.body);
        let other = served.signed("Action=DescribeStacks&Version=2010-05-15", &served.key(), 0);
        assert_eq!(other.status, 200, "{rule}");
        assert_eq!(signal(&served, &served.key()).status, 200, "{rule}");
        served.await_event("\n! SignalResource: ");
    }
}

#[test]
fn the_bucket_fails_in_its_own_words() {
    let rules = ["throttling,first=1", "500,first=2", "503,first=3", "expired-handle,first=4"];
    let arguments: Vec<_> = rules.iter().flat_map(|rule| ["--fault", rule]).collect();
    let served = Served::start(HANDLE, &arguments);
    let document = r#"{"Status": "SUCCESS", "UniqueId": "one"}"#;
    for (status, error) in [
        (503, "<Code>SlowDown</Code>"),
        (500, "<Code>InternalError</Code>"),
        (503, "<Code>SlowDown</Code>"),
        (403, "<Code>AccessDenied</Code><Message>Request has expired</Message>"),
        (200, ""),
    ] {
        let answer = served.send("PUT", &handle(&served), &[], document);
        assert_eq!(answer.status, status);
        assert!(answer.body.contains(error), "{}", answer.body);
        assert!(answer.head.contains("server: amazons3"));
    }
    served.await_event("! PUT handle: Request has expired");
    // Each is told among the events of the only stack.
    assert!(!served.events().contains("stack :"), "{}", served.events());
    // A presigned URL is a secret.
    assert!(!served.events().contains("Signature="));
}

#[test]
fn another_clock_dates_and_judges() {
    for (rule, minutes, complaint) in
        [("skew=15m", 15, "Signature expired: "), ("skew=-15m", -15, "Signature not yet current: ")]
    {
        let served = Served::start(SERVER, &["--fault", rule]);
        let answer = signal(&served, &served.key());
        assert_eq!(answer.status, 403);
        let (code, message) = answer.error();
        assert!(code == "SignatureDoesNotMatch" && message.starts_with(complaint), "{message}");
        let date = answer.head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
        // Names of days and months are told apart by case.
        let spelled: String = date
            .split(' ')
            .map(|word| if word == "gmt" { "GMT".to_owned() } else { capitalised(word) })
            .collect::<Vec<_>>()
            .join(" ");
        let date = httpdate::parse_http_date(&spelled).unwrap();
        let seconds = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let off = i64::try_from(seconds).unwrap() - i64::try_from(now()).unwrap();
        assert!((off - minutes * 60).abs() < 120, "{off}");
        // It is told once, however many requests it meets.
        served.await_event("the service's clock is 15 min");
        // Who goes by that date is believed.
        let query = signal_query("web", "Server", "i-1", "SUCCESS");
        assert_eq!(served.signed(&query, &served.key(), off).status, 200);
        served.interrupt(rustix::process::Signal::INT);
        let (_, events) = served.wait();
        assert_eq!(events.matches("the service's clock is 15 min").count(), 1, "{events}");
    }
    // A clock that is two days ahead has seen the handle expire.
    let served = Served::start(HANDLE, &["--fault", "skew=2d"]);
    let answer = served.send("PUT", &handle(&served), &[], "{}");
    assert!(answer.status == 403 && answer.body.contains("Request has expired"), "{}", answer.body);
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[test]
fn a_connection_is_reset_before_or_after_the_work() {
    let served = Served::start(HANDLE, &["--fault", "reset,first=1", "--fault", "lost,first=2", "--once"]);
    let body = r#"{"Status": "SUCCESS", "UniqueId": "one"}"#;
    let request = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        handle(&served),
        body.len()
    );
    assert_eq!(ending(served.port, &request), (String::new(), Some(ErrorKind::ConnectionReset)));
    served.await_event("! PUT handle: reset");
    // Only the handle is complete.
    assert_eq!(served.events().matches("CREATE_COMPLETE").count(), 1, "{}", served.events());
    // The second answer is lost as well, and the signal has arrived.
    assert_eq!(ending(served.port, &request), (String::new(), Some(ErrorKind::ConnectionReset)));
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(0), "{events}");
    assert!(events.contains("! PUT handle: carried out, and the answer lost"), "{events}");
}

#[test]
fn a_slow_answer_holds_a_virtual_clock() {
    // Without the request under way, the clock would jump to the timeout after three seconds.
    let rules = ["--fault", "SignalResource:slow=4s", "--clock", "virtual", "--quiet", "3", "--once"];
    let served = Served::start(SERVER, &rules);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap().clone();
    let begun = Instant::now();
    assert_eq!(served.signal("Server", &instance, "SUCCESS").status, 200);
    assert!(begun.elapsed() >= Duration::from_secs(4));
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(0), "{events}");
}

#[test]
fn a_closed_port_opens_again() {
    let served = Served::start(SERVER, &["--fault", "refused=300ms,first=1"]);
    let told = || served.events().matches("! connections: refused for ").count();
    let opens = || {
        let begun = Instant::now();
        while let Err(error) = TcpStream::connect(("127.0.0.1", served.port)) {
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
            assert!(begun.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    // It is closed when that is told.
    served.await_event("! connections: refused for ");
    opens();
    assert_eq!(signal(&served, &served.key()).status, 200);
    assert_eq!(told(), 1);

    // Rules that are put in force later close it before the next connection.
    served.send("PUT", "/_rehearsal/faults", &[], "refused=4s,first=1");
    let begun = Instant::now();
    while told() < 2 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
    let refused = TcpStream::connect(("127.0.0.1", served.port)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    opens();
}

#[test]
fn temporary_credentials_expire_and_are_renewed() {
    let served = Served::start(SERVER, &["--fault", "expired-token,first=1"]);
    let role = || {
        let answer =
            served.metadata(served.port, "/latest/meta-data/iam/security-credentials/rehearsal-role").body;
        let fields: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let field = |name: &str| fields.get(name).unwrap().as_str().unwrap().to_owned();
        AccessKey {
            id: field("AccessKeyId"),
            secret: Secret::new(field("SecretAccessKey")),
            session_token: Some(Secret::new(field("Token"))),
            expires_at: None,
        }
    };
    let first = role();
    assert_eq!(first.id, role().id);
    for _ in 0..2 {
        let answer = signal(&served, &first);
        let expected =
            ("ExpiredToken".to_owned(), "The security token included in the request is expired".to_owned());
        assert_eq!((answer.status, answer.error()), (403, expected));
    }
    let renewed = role();
    assert!(renewed.id != first.id && renewed.session_token != first.session_token);
    assert_eq!(signal(&served, &renewed).status, 200);
    // Nothing of either is told.
    for key in [&first, &renewed] {
        let secrets = [key.secret.expose(), key.session_token.as_ref().unwrap().expose()];
        assert!(secrets.iter().all(|secret| !served.events().contains(secret)));
    }
    // A long-term key has no token that could expire.
    assert_eq!(served.signed(&signal_query("web", "Server", "i-2", "SUCCESS"), &served.key(), 0).status, 200);
}

#[test]
fn an_instance_becomes_a_member_late() {
    let served = Served::start(SERVER, &["--fault", "not-member,first=2"]);
    let header = [
        ("authorization".to_owned(), served.instance_header(served.port)),
        ("accept".to_owned(), "application/json".to_owned()),
    ];
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap();
    let stack = served.env.get("CFN_REHEARSE_STACK_ID").unwrap();
    let target = format!("/?{}", signal_query("web", "Server", instance, "SUCCESS"));
    for _ in 0..2 {
        let answer = served.send("GET", &target, &header, "");
        let message = format!("Instance {instance} in not a member of stack {stack}");
        assert_eq!((answer.status, answer.error()), (400, ("ValidationError".to_owned(), message)));
    }
    assert_eq!(served.send("GET", &target, &header, "").status, 200);
}

#[test]
fn metadata_comes_in_every_kind() {
    let ttl = [("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), "60".to_owned())];
    let path = "/latest/meta-data/instance-id";
    let off = Served::start(SERVER, &["--fault", "imds=off"]);
    assert_eq!(off.send("PUT", "/latest/api/token", &ttl, "").status, 403);
    assert_eq!(off.send("GET", path, &[], "").status, 403);

    let v1 = Served::start(SERVER, &["--fault", "imds=v1"]);
    assert_eq!(v1.send("PUT", "/latest/api/token", &ttl, "").status, 404);
    let answer = v1.send("GET", path, &[], "");
    assert_eq!((answer.status, &answer.body), (200, v1.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap()));
    v1.await_event("! PUT /latest/api/token: no tokens, version 1 only");
    assert!(!v1.events().contains(path));

    let hop = Served::start(SERVER, &["--fault", "imds=hop-limited"]);
    let mut stream = TcpStream::connect(("127.0.0.1", hop.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream
        .write_all(
            b"PUT /latest/api/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\
              x-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n",
        )
        .unwrap();
    let silence = stream.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence:?}");
    assert_eq!(hop.send("GET", path, &[], "").status, 401);

    let failing = Served::start(SERVER, &["--fault", "imds:503,first=1"]);
    assert_eq!(failing.send("GET", path, &[], "").status, 503);
    assert_eq!(failing.metadata(failing.port, path).status, 200);
}

#[test]
fn what_is_no_http_is_answered_politely() {
    let served = Served::start(SERVER, &["--fault", "reset"]);
    let (answer, error) = ending(served.port, "GARBAGE\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 ") && error.is_none(), "{answer} {error:?}");
}
