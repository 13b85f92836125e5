//! What an answer means.

use super::codes;
use super::error_response::{ErrorResponse, Fault};
use super::origin::Worth;
use super::types::OutcomeKind;

/// Which kind of target answered: Amazon S3 answers for a wait handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    CloudFormation,
    WaitHandle,
}

/// What an answer means for the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The signal has arrived.
    Delivered,
    /// The answer is elsewhere.
    Moved,
    /// The service has a signal with this id: ours, if an earlier try got through.
    AlreadySignalled,
    /// Worth trying until the deadline, which is then called so.
    Patient(OutcomeKind),
    /// What IAM knows spreads in seconds: worth trying for a while, after which it is called so.
    Propagating(OutcomeKind),
    /// May be lasting: worth some tries, after which it is called so.
    Lasting(OutcomeKind),
    /// The identity was good once.
    Expired,
    /// The signature's time may have been wrong; if it was right, it is called so.
    Misdated(OutcomeKind),
    /// Another try would not change it.
    Final(OutcomeKind),
}

/// What an answer means, and what a person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub meaning: Meaning,
    pub advice: &'static str,
}

// Not inlined: every copy of it is larger than a call.
#[inline(never)]
const fn verdict(meaning: Meaning, advice: &'static str) -> Verdict {
    Verdict { meaning, advice }
}

/// Classifies an answer: its status, and AWS's error document if its body is one.
pub(super) fn classify(
    service: Service,
    status: u16,
    error: Option<&ErrorResponse>,
    worth: impl FnOnce() -> Worth,
) -> Verdict {
    match status {
        200..=299 => match worth() {
            Worth::Delivery => verdict(Meaning::Delivered, ""),
            Worth::Page => verdict(
                Meaning::Lasting(OutcomeKind::Rejected),
                "check the proxy: a page came in place of an answer",
            ),
            Worth::Anonymous => verdict(
                Meaning::Lasting(OutcomeKind::Rejected),
                "check the proxy: AWS's answers have a request id",
            ),
        },
        301 | 302 | 307 | 308 => verdict(Meaning::Moved, ""),
        // None of AWS's.
        0..=399 | 600.. => by_status(status),
        _ => match error {
            Some(error) => by_code(service, status, error),
            None => by_status(status),
        },
    }
}

fn by_code(service: Service, status: u16, error: &ErrorResponse) -> Verdict {
    let code = error.code.as_str();
    if codes::THROTTLING.contain(code) || status == 429 {
        return throttled();
    }
    // Even with a code that is final elsewhere: the original and AWS's SDKs agree.
    if status == 503 {
        return unavailable();
    }
    if codes::TRANSIENT.contain(code) {
        return verdict(Meaning::Lasting(OutcomeKind::Unreachable), "check the network to the endpoint");
    }
    let known = match service {
        Service::CloudFormation => by_message(error).or_else(|| by_credentials(error)),
        Service::WaitHandle => by_presigned_url(error),
    };
    known.unwrap_or_else(|| {
        if status == 408 || (status == 404 && error.fault != Some(Fault::Sender)) {
            by_status(status)
        } else if status >= 500 || error.fault == Some(Fault::Receiver) {
            server_error()
        } else {
            verdict(Meaning::Final(OutcomeKind::Rejected), "")
        }
    })
}

/// An answer that is not AWS's: a proxy's, a load balancer's, or another server's. It is never final, but where the proxy
/// asks for what this machine was not given.
fn by_status(status: u16) -> Verdict {
    match status {
        429 => throttled(),
        503 => unavailable(),
        500..=599 => server_error(),
        407 => verdict(Meaning::Final(OutcomeKind::Rejected), "give the proxy's user name and password"),
        408 => verdict(Meaning::Lasting(OutcomeKind::Unreachable), "check the network to the endpoint"),
        _ => verdict(Meaning::Lasting(OutcomeKind::Rejected), "check the URL, and the proxy"),
    }
}

/// CloudFormation tells most of its errors apart in words only.
fn by_message(error: &ErrorResponse) -> Option<Verdict> {
    let (code, message) = (error.code.as_str(), error.message.as_str());
    let has = |words: &str| holds(message, words);
    if message.starts_with("Signal with ID") && has("already exists") {
        return Some(verdict(
            Meaning::AlreadySignalled,
            "nothing is left to do, unless another machine uses the same unique id",
        ));
    }
    if has("state and cannot be signaled") {
        return Some(verdict(
            Meaning::Final(OutcomeKind::AlreadyComplete),
            "the stack waits for no signal any more: nothing is left to do",
        ));
    }
    if has("in not a member of") || has("is not a member of") {
        return Some(verdict(
            Meaning::Patient(OutcomeKind::NotMember),
            "signal from an instance of this stack, or with credentials",
        ));
    }
    if (has("does not exist") && !codes::UNKNOWN_KEY.contain(code))
        || (has("is of type") && has("cannot be signaled"))
    {
        return Some(verdict(
            Meaning::Final(OutcomeKind::WrongResource),
            "check the stack, the region and the logical id in the template, and that the resource has a CreationPolicy",
        ));
    }
    if has("is not authorized to perform") || has("is not allowed to call") {
        return Some(denied(error));
    }
    None
}

fn by_credentials(error: &ErrorResponse) -> Option<Verdict> {
    let code = error.code.as_str();
    let rejected = OutcomeKind::Credentials;
    if codes::DENIED.contain(code) {
        Some(denied(error))
    } else if codes::EXPIRED.contain(code) {
        Some(verdict(Meaning::Expired, "renew the credentials"))
    } else if codes::UNKNOWN_KEY.contain(code) {
        Some(verdict(
            Meaning::Propagating(rejected),
            "check the access key, and its session token if it is temporary",
        ))
    } else if codes::CLOCK.contain(code) {
        Some(verdict(Meaning::Misdated(OutcomeKind::Rejected), "set this machine's clock"))
    } else if codes::SIGNATURE.contain(code) {
        Some(verdict(
            Meaning::Misdated(rejected),
            "check the secret access key, the region and this machine's clock",
        ))
    } else if codes::AUTHENTICATION.contain(code) {
        Some(verdict(
            Meaning::Final(rejected),
            "check the credentials, and that their account may use the region",
        ))
    } else {
        None
    }
}

/// `AccessDeniedException` is also what some of AWS's front ends say of a wrong date.
fn denied(error: &ErrorResponse) -> Verdict {
    let advice = "allow cloudformation:SignalResource on the stack, or signal from an instance of the stack";
    match error.code.as_str() {
        "AccessDeniedException" => verdict(Meaning::Misdated(OutcomeKind::Denied), advice),
        _ => verdict(Meaning::Propagating(OutcomeKind::Denied), advice),
    }
}

fn by_presigned_url(error: &ErrorResponse) -> Option<Verdict> {
    let code = error.code.as_str();
    if holds(&error.message, "Unparsable WaitCondition data") {
        return Some(verdict(Meaning::Final(OutcomeKind::Rejected), "shorten the data and the reason"));
    }
    if codes::EXPIRED.contain(code)
        || (code == "AccessDenied" && holds(&error.message, "Request has expired"))
    {
        return Some(verdict(
            Meaning::Final(OutcomeKind::ExpiredUrl),
            "the handle's URL is valid for about a day: update the stack with a new WaitConditionHandle",
        ));
    }
    // Nothing of the URL's is wrong: the way to it is closed.
    if codes::DENIED.contain(code) && holds(&error.message, "endpoint policy") {
        return Some(verdict(
            Meaning::Final(OutcomeKind::Rejected),
            "allow AWS's bucket cloudformation-waitcondition-<region> in the VPC endpoint's policy: conditions on an organisation exclude it",
        ));
    }
    if codes::DENIED.contain(code) {
        return Some(verdict(
            Meaning::Final(OutcomeKind::Denied),
            "check the VPC endpoint's policy for the bucket cloudformation-waitcondition-<region>",
        ));
    }
    if codes::SIGNATURE.contain(code)
        || codes::UNKNOWN_KEY.contain(code)
        || codes::AUTHENTICATION.contain(code)
    {
        return Some(verdict(
            Meaning::Final(OutcomeKind::Rejected),
            "the URL was altered on its way: quote it in the shell (& ends a command), and let no proxy add a content type",
        ));
    }
    None
}

// Not inlined: every copy of it is larger than a call.
#[inline(never)]
fn holds(message: &str, words: &str) -> bool {
    message.contains(words)
}

const fn throttled() -> Verdict {
    verdict(Meaning::Patient(OutcomeKind::Throttled), "signal later, or from fewer machines at once")
}

const fn unavailable() -> Verdict {
    verdict(Meaning::Patient(OutcomeKind::Deadline), "the service is unavailable: signal again later")
}

const fn server_error() -> Verdict {
    verdict(Meaning::Lasting(OutcomeKind::Unreachable), "the service failed: signal again later")
}

#[cfg(test)]
mod tests;
