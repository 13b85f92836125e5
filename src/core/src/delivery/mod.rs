//! One signal's delivery, as a state machine without I/O.
//!
//! [`Delivery::next`] takes what happened and says what to do: find an identity, send a request, wait, or stop.
//! The caller owns the socket, the clock and the credentials; everything that has to be *decided* is here, once:
//!
//! 1. `signal`, `resource_request`, `wait_handle` and `wait_body` check the input and build the request;
//! 2. `error_response` reads AWS's errors, `origin` says whether it was AWS at all, and `classify` what an answer means;
//! 3. `backoff`, `retry_after`, `pacing`, `redirect` and `skew` say when, where and with which time to try again;
//! 4. `machine` puts them together, and `report` words the outcome without any secret (`scrub`).
//!
//! ```
//! use cfn_signal_core::delivery::{Delivery, Event, Policy, Signal, Status, Step, Target};
//! use cfn_signal_core::http::Response;
//!
//! let signal =
//!     Signal { status: Status::Success, unique_id: "i-0123456789abcdef0".to_owned(), reason: None, data: None };
//! let handle = Target::WaitHandle("https://bucket.s3.example/handle?Signature=abc".to_owned().into());
//! let mut delivery = Delivery::prepare(signal, handle, Policy::default(), 7)?;
//!
//! let Step::Send(send) = delivery.next(Event::Start, 1_700_000_000_000, 0) else { unreachable!() };
//! assert_eq!(send.request.method, "PUT");
//! let answer = Event::Response(Response { status: 200, ..Response::default() });
//! let Step::Done(outcome) = delivery.next(answer, 1_700_000_000_120, 120) else { unreachable!() };
//! assert_eq!(outcome.kind.name(), "delivered");
//! # Ok::<(), cfn_signal_core::delivery::PrepareError>(())
//! ```

mod backoff;
mod classify;
mod codes;
pub mod describe;
pub(crate) mod error_response;
mod http_date;
mod identity;
mod machine;
mod origin;
mod pacing;
mod plan;
mod redirect;
mod report;
mod resource_request;
mod retry_after;
mod scrub;
mod signal;
mod skew;
mod types;
mod wait_body;
mod wait_handle;

pub use machine::Delivery;
pub use scrub::{is_invisible, said_of};
pub use types::{
    Attempt, CredentialsError, Event, Freshness, IdentityRequest, Outcome, OutcomeKind, Pause, Policy,
    PrepareError, ResourceTarget, Signal, Status, Step, Target, TransportError,
};
