use super::{Meaning, Service, classify};
use crate::delivery::OutcomeKind;
use crate::delivery::error_response::{ErrorResponse, Fault};
use crate::delivery::origin::Worth;

fn error(code: &str, message: &str) -> ErrorResponse {
    let (code, message) = (code.to_owned(), message.to_owned());
    ErrorResponse { code, message, fault: Some(Fault::Sender), request_id: None }
}

fn meaning(service: Service, status: u16, code: &str, message: &str) -> Meaning {
    classify(service, status, Some(&error(code, message)), || Worth::Delivery).meaning
}

#[test]
fn cloudformations_words() {
    for (status, code, message, expected) in [
        (
            400,
            "ValidationError",
            "Stack arn:x is in CREATE_COMPLETE state and cannot be signaled",
            Meaning::Final(OutcomeKind::AlreadyComplete),
        ),
        (
            400,
            "ValidationError",
            "Resource R does not exist for stack S",
            Meaning::Final(OutcomeKind::WrongResource),
        ),
        (
            400,
            "ValidationError",
            "Stack arn:aws:... does not exist",
            Meaning::Final(OutcomeKind::WrongResource),
        ),
        (
            400,
            "ValidationError",
            "Resource H is of type AWS_CLOUDFORMATION_WAIT_CONDITION_HANDLE_V3 and cannot be signaled",
            Meaning::Final(OutcomeKind::WrongResource),
        ),
        (
            400,
            "ValidationError",
            "Instance i-0 in not a member of stack arn:x",
            Meaning::Patient(OutcomeKind::NotMember),
        ),
        (
            400,
            "ValidationError",
            "Instance i-0 is not a member of stack arn:x",
            Meaning::Patient(OutcomeKind::NotMember),
        ),
        (
            400,
            "ValidationError",
            "Signal with ID i-0 for resource R already exists.  Signals may only be updated with a FAILURE status.",
            Meaning::AlreadySignalled,
        ),
        (400, "ValidationError", "1 validation error detected", Meaning::Final(OutcomeKind::Rejected)),
        (
            403,
            "AccessDenied",
            "Instance i-0 is not allowed to call SignalResource for S",
            Meaning::Propagating(OutcomeKind::Denied),
        ),
        (
            403,
            "AccessDenied",
            "User: u is not authorized to perform: cloudformation:SignalResource on resource: s/*",
            Meaning::Propagating(OutcomeKind::Denied),
        ),
        (403, "UnauthorizedOperation", "", Meaning::Propagating(OutcomeKind::Denied)),
        (403, "AccessDeniedException", "", Meaning::Misdated(OutcomeKind::Denied)),
        (403, "ExpiredToken", "", Meaning::Expired),
        (403, "InvalidClientTokenId", "", Meaning::Propagating(OutcomeKind::Credentials)),
        (403, "SignatureDoesNotMatch", "", Meaning::Misdated(OutcomeKind::Credentials)),
        (403, "RequestTimeTooSkewed", "", Meaning::Misdated(OutcomeKind::Rejected)),
        (
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
            Meaning::Final(OutcomeKind::Credentials),
        ),
        (400, "InvalidAction", "", Meaning::Final(OutcomeKind::Rejected)),
        (404, "InvalidAction", "", Meaning::Final(OutcomeKind::Rejected)),
        (500, "InternalFailure", "", Meaning::Lasting(OutcomeKind::Unreachable)),
    ] {
        assert_eq!(meaning(Service::CloudFormation, status, code, message), expected, "{code}: {message}");
    }
}

#[test]
fn s3s_words() {
    for (status, code, message, expected) in [
        (403, "AccessDenied", "Request has expired", Meaning::Final(OutcomeKind::ExpiredUrl)),
        (400, "ExpiredToken", "The provided token has expired.", Meaning::Final(OutcomeKind::ExpiredUrl)),
        (403, "AccessDenied", "Access Denied", Meaning::Final(OutcomeKind::Denied)),
        (403, "SignatureDoesNotMatch", "", Meaning::Final(OutcomeKind::Rejected)),
        (403, "InvalidAccessKeyId", "", Meaning::Final(OutcomeKind::Rejected)),
        (400, "BadRequest", "Unparsable WaitCondition data", Meaning::Final(OutcomeKind::Rejected)),
        (404, "NoSuchBucket", "", Meaning::Final(OutcomeKind::Rejected)),
        (400, "RequestTimeout", "", Meaning::Lasting(OutcomeKind::Unreachable)),
        (503, "SlowDown", "", Meaning::Patient(OutcomeKind::Throttled)),
        (500, "InternalError", "", Meaning::Lasting(OutcomeKind::Unreachable)),
    ] {
        assert_eq!(meaning(Service::WaitHandle, status, code, message), expected, "{code}: {message}");
    }
}

#[test]
fn a_status_alone() {
    let (lasting, unreachable) =
        (Meaning::Lasting(OutcomeKind::Rejected), Meaning::Lasting(OutcomeKind::Unreachable));
    for (status, expected) in [
        (200, Meaning::Delivered),
        (299, Meaning::Delivered),
        (0, lasting),
        (100, lasting),
        (300, lasting),
        (301, Meaning::Moved),
        (303, lasting),
        (304, lasting),
        (308, Meaning::Moved),
        (400, lasting),
        (403, lasting),
        (404, lasting),
        (407, Meaning::Final(OutcomeKind::Rejected)),
        (408, unreachable),
        (425, lasting),
        (429, Meaning::Patient(OutcomeKind::Throttled)),
        (500, unreachable),
        (501, unreachable),
        (503, Meaning::Patient(OutcomeKind::Deadline)),
        (600, lasting),
        (999, lasting),
    ] {
        assert_eq!(
            classify(Service::CloudFormation, status, None, || Worth::Delivery).meaning,
            expected,
            "{status}"
        );
        assert_eq!(
            classify(Service::WaitHandle, status, None, || Worth::Delivery).meaning,
            expected,
            "{status}"
        );
    }
}

#[test]
fn a_receivers_fault_may_pass() {
    let fault = ErrorResponse { fault: Some(Fault::Receiver), ..error("Odd", "") };
    assert_eq!(
        classify(Service::CloudFormation, 400, Some(&fault), || Worth::Delivery).meaning,
        Meaning::Lasting(OutcomeKind::Unreachable)
    );
}

#[test]
fn a_success_that_is_none_may_be_followed_by_one() {
    for worth in [Worth::Page, Worth::Anonymous] {
        for service in [Service::CloudFormation, Service::WaitHandle] {
            let verdict = classify(service, 200, None, || worth);
            assert_eq!(verdict.meaning, Meaning::Lasting(OutcomeKind::Rejected));
            assert!(verdict.advice.contains("proxy"), "{}", verdict.advice);
        }
    }
}
