//! What holds for any sequence of answers.

use std::collections::VecDeque;

use cfn_signal_core::delivery::{
    Delivery, Freshness, OutcomeKind, Policy, Signal, Status, Target, TransportError,
};
use cfn_signal_core::http::Request;
use proptest::prelude::*;

use super::simulator::*;

/// What is signed for [`resource_target`], and all that ever is.
const RESOURCE_URI: &str = "https://cloudformation.us-west-2.amazonaws.com/?Action=SignalResource&LogicalResourceId=Server\
    &StackName=my-stack&UniqueId=i-0123456789abcdef0&Status=SUCCESS&ContentType=JSON&Version=2010-05-15";

fn code() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Throttling",
        "ValidationError",
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "InternalFailure",
        "RequestTimeout",
        "Odd",
    ])
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Instance i-0 in not a member of stack s".to_owned()),
        Just("Signal with ID i for resource R already exists.".to_owned()),
        Just(format!("echo {SECRET} {TOKEN} {HANDLE}")),
        ".{0,40}",
    ]
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let header = prop_oneof![
        (0_u32..60, 0_u32..60)
            .prop_map(|(m, s)| ("Date".to_owned(), format!("Thu, 01 Jan 2026 00:{m:02}:{s:02} GMT"))),
        any::<u16>().prop_map(|seconds| ("Retry-After".to_owned(), (seconds % 400).to_string())),
        any::<i64>().prop_map(|millis| ("x-amz-retry-after".to_owned(), millis.to_string())),
        Just(("Age".to_owned(), "1".to_owned())),
        prop_oneof![
            Just("/again?Signature=ab%2Bcd%2Fef%3D"),
            Just("https://elsewhere.example/"),
            Just("http://x/"),
            Just("::")
        ]
        .prop_map(|to| ("Location".to_owned(), to.to_owned())),
    ];
    prop::collection::vec(header, 0..3)
}

fn reply() -> impl Strategy<Value = Reply> {
    let status = prop_oneof![
        9 => prop::sample::select(vec![301_u16, 307, 400, 403, 404, 429, 500, 502, 503]),
        1 => any::<u16>(),
    ];
    let body = prop_oneof![
        (code(), words()).prop_map(|(code, message)| serde_json::json!({
            "Error": {"Code": code, "Message": message, "Type": "Sender"}
        })
        .to_string()
        .into_bytes()),
        (code(), words()).prop_map(|(code, message)| format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )
        .into_bytes()),
        prop::collection::vec(any::<u8>(), 0..60),
        "[<&{\"/>!\\[\\]a-z#x;:0-9 -]{0,60}".prop_map(String::into_bytes),
    ];
    let answered = (status, headers(), body).prop_map(|(status, headers, body)| {
        Reply::Answer(cfn_signal_core::http::Response { status, headers, body })
    });
    let failed = prop::sample::select(vec![
        TransportError::Timeout,
        TransportError::ConnectTimeout,
        TransportError::Reset(SECRET.to_owned()),
        TransportError::Dns("no such host".to_owned()),
        TransportError::Refused(format!("{HANDLE} refused")),
        TransportError::Tls(SECRET.to_owned()),
        TransportError::Proxy(TOKEN.to_owned()),
        TransportError::Other(None),
    ]);
    let early = (0_u64..40_000, failed.clone()).prop_map(|(took, error)| Reply::FailAfter(took, error));
    prop_oneof![8 => answered, 1 => failed.prop_map(Reply::Fail), 1 => early]
}

fn policy() -> impl Strategy<Value = Policy> {
    (0_u32..12, 0_u32..400_000, 0_u32..40_000, 0_u32..15_000, 0_u32..30_000, 0_u32..30_000).prop_map(
        |(attempts, deadline, timeout, connect, base, max)| {
            Policy::default()
                .with_max_attempts(attempts)
                .with_deadline(deadline)
                .with_attempt_timeout(timeout)
                .with_connect_timeout(connect)
                .with_base_delay(base)
                .with_max_delay(max)
        },
    )
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![Just(Target::Resource(resource_target())), Just(Target::WaitHandle(HANDLE.to_owned().into())),]
}

fn identities() -> impl Strategy<Value = VecDeque<Has>> {
    let one = prop_oneof![
        "[A-Z]{4}".prop_map(|id| Has::This(key(&id))),
        Just(Has::This(instance())),
        (0_u64..2_000)
            .prop_map(|from| Has::This(expiring_key("TEMP", Some(NEW_YEAR / 1_000 - 1_000 + from)))),
        Just(Has::Nothing("there are none")),
        Just(Has::NothingYet("there are none yet")),
    ];
    prop::collection::vec(one, 1..5).prop_map(VecDeque::from)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_delivery_ends_in_time_in_bounds_and_in_silence(
        replies in prop::collection::vec(reply(), 1..30),
        identities in identities(),
        policy in policy(),
        target in target(),
        seed in any::<u64>(),
        latency in 1_u64..5_000,
    ) {
        let deadline = u64::from(policy.deadline);
        let delivery = Delivery::prepare(signal(Status::Success), target, policy, seed).unwrap();
        let world = World { replies: replies.into(), identities, now: NEW_YEAR, latency };
        let run = world.run(delivery);
        prop_assert!(run.elapsed <= deadline, "{} > {deadline}", run.elapsed);
        prop_assert!(run.waits.iter().all(|wait| u64::from(*wait) < deadline));
        prop_assert!(run.timeouts.iter().all(|timeout| *timeout > 0 && *timeout <= policy.attempt_timeout.max(1)));
        prop_assert!(run.outcome.attempts as usize <= run.sent.len());
        prop_assert!(run.sent.len() <= 6 * run.outcome.attempts as usize, "five redirects a try");
        // The first question may be repeated; whoever was found once is never asked for again but to be renewed.
        let again = run.asked.iter().skip_while(|asked| **asked == Freshness::Cached);
        prop_assert!(again.clone().all(|asked| *asked == Freshness::Renewed));
        prop_assert!(run.patience.iter().all(|patience| *patience > 0 && u64::from(*patience) <= deadline));
        // No request that is signed has a host or a query that this code did not write.
        for request in &run.sent {
            if header(request, "authorization").is_some() {
                prop_assert_eq!(request.uri.as_str(), RESOURCE_URI);
            }
        }
        // A delivery keeps the secrets that it was given; a server that makes up some is not one of ours.
        let shown = format!("{:?}", run.outcome);
        let signed = |request: &Request| header(request, "authorization").is_some_and(|value| value.starts_with("AWS4"));
        let given = if run.sent.iter().any(signed) { &[SECRET, TOKEN][..] } else { &[] };
        let query = HANDLE.split_once('?').unwrap().1;
        for secret in given.iter().chain(&[query, "Signature=ab"]) {
            prop_assert!(!shown.contains(secret), "{shown}");
        }
        prop_assert!(run.outcome.message.len() <= 1_024);
        prop_assert!(!run.outcome.message.chars().any(char::is_control));
    }

    #[test]
    fn without_anything_to_be_patient_for_the_tries_are_counted(
        replies in prop::collection::vec(
            prop_oneof![Just(answer(500, "")), Just(answer(404, "")), Just(Reply::Fail(TransportError::Timeout)),
                Just(Reply::Fail(TransportError::Refused(String::new()))), Just(error(403, "RequestTimeTooSkewed", "x"))],
            1..20,
        ),
        policy in policy(),
    ) {
        let run = World::new(replies).run(to_resource(policy));
        prop_assert!(run.outcome.attempts <= policy.max_attempts.max(1));
    }

    #[test]
    fn a_body_always_fits_or_is_refused(
        reason in prop_oneof![".{0,400}", "x{3900,4200}", "é{600,700}", "[😀é\"a]{300,900}"],
        data in prop_oneof![".{0,300}", "x{3900,4100}", "\"{1900,2100}"],
        failed in any::<bool>(),
    ) {
        let status = if failed { Status::Failure } else { Status::Success };
        let sent = Signal { reason: Some(reason.clone()), data: Some(data.clone()), ..signal(status) };
        let target = Target::WaitHandle(HANDLE.to_owned().into());
        let Ok(delivery) = Delivery::prepare(sent, target, Policy::default(), 1) else {
            prop_assert!(data.len() > 300);
            return Ok(());
        };
        let run = World::new([answer(200, "")]).run(delivery);
        prop_assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
        let body = &run.sent[0].body;
        prop_assert!(body.len() <= 4_096 && body.is_ascii());
        let read: serde_json::Value = serde_json::from_slice(body).unwrap();
        prop_assert_eq!(read["Data"].as_str().unwrap(), data);
        let told = read["Reason"].as_str().unwrap();
        // A failure without a reason has one all the same.
        let reason = if reason.is_empty() && failed { "Configuration failed.".to_owned() } else { reason };
        if let Some(kept) = told.strip_suffix("... (cut)") {
            prop_assert!(reason.starts_with(kept) || reason == told);
        } else if !told.is_empty() && !reason.is_empty() {
            prop_assert_eq!(told, reason);
        }
    }
}
