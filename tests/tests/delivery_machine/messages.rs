//! What people are told.

use cfn_signal_core::delivery::{Delivery, OutcomeKind, Policy, Status, Target, TransportError};
use cfn_signal_core::http::Request;
use cfn_signal_core::identity::Identity;

use super::simulator::*;

fn message(replies: impl IntoIterator<Item = Reply>) -> String {
    World::new(replies).run(to_resource(Policy::default())).outcome.message
}

#[test]
fn they_say_what_failed_what_was_tried_and_what_to_do() {
    assert_eq!(message([answer(200, "{}")]), "delivered SUCCESS for Server of stack my-stack (1 try, 25 ms)");
    assert_eq!(
        message([error(400, "ValidationError", "Resource Server does not exist for stack my-stack")]),
        "AWS answered 400 ValidationError: Resource Server does not exist for stack my-stack (1 try, 25 ms); check the \
         stack, the region and the logical id in the template, and that the resource has a CreationPolicy"
    );
    let refused = Reply::Fail(TransportError::Refused("10.0.0.1:443: connection refused".to_owned()));
    let run = World::new([refused]).run(to_resource(Policy::default().with_max_attempts(3)));
    let tail = " s); check the security group, the routes and the VPC endpoint";
    assert!(
        run.outcome
            .message
            .starts_with("gave up: no connection: 10.0.0.1:443: connection refused (3 tries, ")
    );
    assert!(
        run.outcome.message.ends_with(tail) || run.outcome.message.contains(" ms); "),
        "{}",
        run.outcome.message
    );
    let handle = World::new([answer(200, "")]).run(to_handle(Policy::default()));
    assert_eq!(handle.outcome.message, "delivered SUCCESS to the wait condition handle (1 try, 20 ms)");
}

#[test]
fn a_delivery_that_needed_two_tries_says_so() {
    let exists = error(400, "ValidationError", "Signal with ID i for resource R already exists.");
    let message = message([error(500, "InternalFailure", "x"), exists]);
    assert!(
        message.starts_with("delivered SUCCESS for Server")
            && message.ends_with("; an earlier try had arrived")
    );
}

/// Everything in the requests that must never be read.
fn secrets(sent: &[Request]) -> Vec<String> {
    let mut secrets = Vec::new();
    for request in sent {
        match header(request, "authorization") {
            Some(value) if value.starts_with("AWS4") => secrets.extend([SECRET, TOKEN].map(str::to_owned)),
            Some(_) => {}
            None => {
                secrets.push(HANDLE.split_once('?').unwrap().1.to_owned());
                secrets.extend(["ab%2Bcd%2Fef%3D", "ab+cd/ef=", "AKIAX123"].map(str::to_owned));
            }
        }
    }
    for value in sent.iter().filter_map(|request| header(request, "authorization")) {
        secrets.extend(value.rsplit(['=', ':', ' ']).next().map(str::to_owned).filter(|part| part.len() > 5));
        if let Some(document) = value.strip_prefix("CFN_V1 ") {
            secrets.extend(document.split(':').map(str::to_owned));
        }
    }
    secrets
}

fn assert_silent(run: &Run) {
    let outcome = format!("{:?}", run.outcome);
    for secret in secrets(&run.sent) {
        assert!(!outcome.contains(&secret), "{secret} in {outcome}");
    }
    assert!(run.outcome.message.len() <= 1_024);
    assert!(!run.outcome.message.chars().any(char::is_control));
}

#[test]
fn a_server_that_echoes_everything_reveals_nothing() {
    let delivery = |target: Target| {
        Delivery::prepare(signal(Status::Failure), target, Policy::default().with_max_attempts(1), 3).unwrap()
    };
    let targets = || [Target::WaitHandle(HANDLE.to_owned().into()), Target::Resource(resource_target())];
    let identities: [fn() -> Identity; 2] = [|| key("AKIDEXAMPLE"), instance];
    for identity in identities {
        for target in targets() {
            // The first run shows what is sent; the second gets it back as an error.
            let first = World::new([answer(400, "x")])
                .with_identities([Has::This(identity())])
                .run(delivery(target.clone()));
            let request = &first.sent[0];
            let echo = format!(
                "{} {:?} {} {:?} {}",
                secrets(&first.sent).join(" "),
                request.method,
                request.uri,
                request.headers,
                String::from_utf8_lossy(&request.body)
            );
            for reply in [
                answer(400, &echo),
                answer(500, &echo.replace(' ', "\r\n")),
                error(400, "ValidationError", &echo),
                error(400, &echo, "x"),
                s3_error(403, "AccessDenied", &echo.replace('&', "&amp;").replace('<', "&lt;")),
                answer_with(403, &[("x-amzn-requestid", &echo)], "x"),
                answer_with(302, &[("location", "ftp://x/?a=secret")], &echo),
                Reply::Fail(TransportError::Other(Some(echo.clone()))),
                Reply::Fail(TransportError::Tls(echo.clone())),
            ] {
                let world =
                    World::new([reply]).with_identities([Has::This(identity()), Has::Nothing("none")]);
                assert_silent(&world.run(delivery(target.clone())));
            }
        }
    }
}

#[test]
fn a_host_that_reveals_what_it_should_not_is_not_repeated() {
    let replies = [error(403, "ExpiredToken", "x")];
    let world = World::new(replies).with_identities([
        Has::This(key("A")),
        Has::Nothing("GET https://sts.example/?Signature=abcdefgh failed\u{7}"),
    ]);
    let run = world.run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::Credentials);
    assert!(run.outcome.message.contains("GET https://sts.example/?*** failed"), "{}", run.outcome.message);
}

#[test]
fn nothing_is_shown_by_debug() {
    let mut delivery = to_handle(Policy::default());
    let step = delivery.next(cfn_signal_core::delivery::Event::Start, NEW_YEAR, 0);
    let moved = cfn_signal_core::http::Response {
        status: 307,
        headers: vec![("location".to_owned(), HANDLE.to_owned())],
        body: HANDLE.as_bytes().to_vec(),
    };
    let event = cfn_signal_core::delivery::Event::Response(moved);
    let shown = format!("{delivery:?} {step:?} {event:?} {:?}", Target::WaitHandle(HANDLE.to_owned().into()));
    assert!(!shown.contains("Signature") && !shown.contains("bucket"), "{shown}");
}

#[test]
fn long_words_are_cut() {
    let run =
        World::new([error(400, "ValidationError", &"é".repeat(5_000))]).run(to_resource(Policy::default()));
    assert!(
        run.outcome.message.len() <= 1_024 && run.outcome.message.contains("ééé..."),
        "{}",
        run.outcome.message
    );
}
