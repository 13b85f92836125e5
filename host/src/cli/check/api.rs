//! CloudFormation itself, and what it says of the stack.

use std::time::Instant;

use cfn_signal_core::deliver::Clock as _;
use cfn_signal_core::delivery::{OutcomeKind, describe};
use cfn_signal_instance::clock::SystemClock;

use super::finding::{Finding, Level};
use super::network::{advice, host};
use super::survey::Survey;

/// What takes signals.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-creationpolicy.html>
const SIGNALLED: [&str; 4] = [
    "AWS::AppStream::Fleet",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudFormation::WaitCondition",
    "AWS::EC2::Instance",
];

/// Whether the API answers: asked without a signature, which AWS refuses, and says so.
pub(super) fn reachable(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "api";
    // Of a wait condition S3 has the word.
    let level = if survey.is_wait_condition() { Level::Warning } else { Level::Failed };
    if let Some(finding) = survey.out_of_time(CHECK) {
        return finding;
    }
    let request = match describe::request(&survey.target, None, 0) {
        Ok(request) => request,
        Err(error) => return Finding::bad(CHECK, level, error.to_string(), "--region and --url"),
    };
    let host = host(&request.uri);
    let started = Instant::now();
    match survey.ask(&request) {
        Ok((_, remark)) if remark.is_aws => {
            Finding::ok(CHECK, format!("{host} answers within {} ms", started.elapsed().as_millis()))
        }
        Ok((response, _)) if response.status == 407 => Finding::bad(
            CHECK,
            level,
            "the proxy on the way refuses: it answers 407",
            "give the proxy's user name and password",
        ),
        Ok((_, remark)) => Finding::bad(
            CHECK,
            level,
            format!("something else answers at {host}, and not AWS: {}", remark.text),
            "check the proxy, the endpoint (--url, AWS_ENDPOINT_URL) and what is between",
        ),
        Err(error) => {
            let finding = Finding::bad(CHECK, level, error.to_string(), advice(&error));
            survey.unreachable = Some(error);
            finding
        }
    }
}

/// Whether the stack has the resource, and it waits for signals: asked as whoever would sign the signal.
pub(super) fn stack(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "stack";
    let unseen = |why: String, fix: &str| {
        Finding::bad(CHECK, Level::Warning, format!("could not be looked at: {why}"), fix)
    };
    if survey.is_wait_condition() {
        return Finding::ok(CHECK, "not looked at: a handle's URL does not name it");
    }
    if !survey.has_resource() {
        return Finding::ok(CHECK, "not looked at: none is given");
    }
    if survey.unreachable.is_some() {
        return unseen("the API does not answer".to_owned(), "mend the way to AWS first");
    }
    let Some(identity) = survey.identity.clone() else {
        return unseen("there is nobody to sign as".to_owned(), "mend the credentials first");
    };
    if let Some(finding) = survey.out_of_time(CHECK) {
        return finding;
    }
    let now = SystemClock::start().now().saturating_add_signed(survey.skew.unwrap_or_default());
    let request = match describe::request(&survey.target, Some(&identity), now / 1_000) {
        Ok(request) => request,
        Err(error) => return Finding::bad(CHECK, Level::Failed, error.to_string(), "check the access key"),
    };
    let (response, remark) = match survey.ask(&request) {
        Ok(answer) => answer,
        Err(error) => return unseen(error.to_string(), advice(&error)),
    };
    let failed = |fix: &str| Finding::bad(CHECK, Level::Failed, format!("AWS answers {}", remark.text), fix);
    if let Some(found) = describe::described(&response).filter(|_| response.status == 200) {
        return waits(survey, &found.kind, &found.status);
    }
    match remark.outcome {
        None => unseen(format!("an answer that is not AWS's: {}", remark.text), "check the proxy"),
        Some(OutcomeKind::Denied) => unseen(
            remark.text,
            "allow cloudformation:DescribeStackResource, if that is to be looked at; a signal needs cloudformation:SignalResource alone",
        ),
        Some(OutcomeKind::Credentials) => failed("check the keys, and the account that they are of"),
        Some(OutcomeKind::WrongResource) => {
            failed("check the stack, the region and the logical id in the template")
        }
        Some(OutcomeKind::NotMember) => failed("signal from an instance of this stack, or with credentials"),
        Some(_) => unseen(remark.text, "try again"),
    }
}

/// Whether such a resource in such a state waits for signals.
fn waits(survey: &Survey<'_>, kind: &str, status: &str) -> Finding {
    const CHECK: &str = "stack";
    let id = &survey.target.logical_id;
    if !SIGNALLED.contains(&kind) {
        return Finding::bad(
            CHECK,
            Level::Failed,
            format!("{id} is of type {kind}, which takes no signals"),
            "signal the instance, the group or the wait condition that has the CreationPolicy",
        );
    }
    let waits =
        status.ends_with("_IN_PROGRESS") && (status.starts_with("CREATE") || status.starts_with("UPDATE"));
    if waits {
        return Finding::ok(CHECK, format!("{id} ({kind}) is {status}"));
    }
    let message = format!("{id} ({kind}) is {status}: it waits for no signal");
    if survey.options.complete_is_ok && status.ends_with("_COMPLETE") {
        return Finding::ok(CHECK, message);
    }
    Finding::bad(
        CHECK,
        Level::Failed,
        message,
        "signal while it is created or updated; --if-complete ok where that is no failure",
    )
}
