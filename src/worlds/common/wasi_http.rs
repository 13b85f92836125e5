//! One request over wasi:http 0.2, answered within its time or given up.
//!
//! Source: <https://github.com/WebAssembly/wasi-http>, `wit/deps/wasi-http-0.2.0.wit`

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::{Request, Response};

use crate::http_terms::{
    Address, MAX_BODY, failure, fields, method, nanoseconds, options, patience, unsendable,
};
use crate::wasi::clocks::monotonic_clock::subscribe_duration;
use crate::wasi::http::outgoing_handler::handle;
use crate::wasi::http::types::{ErrorCode, IncomingResponse, OutgoingBody, OutgoingRequest};
use crate::wasi::io::poll::{Pollable, poll};
use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};

/// Events that still count after the time is over: more than an answer takes that has arrived.
const MOST_LATE: u32 = 16;

/// Sends `request` and waits for its answer: at most `connect` milliseconds for a connection, and `total` for everything. An answer
/// whose body is not `whole` is handed over as far as it came, unless it has to be.
pub(crate) fn send(request: &Request, connect: u32, total: u32, whole: bool) -> Result<Response, SendError> {
    let alarm = subscribe_duration(nanoseconds(total));
    let exchange = Exchange { request, whole, alarm, late: Cell::new(0) };
    exchange.run(connect, total)
}

/// A request under way, and when to give it up.
struct Exchange<'a> {
    request: &'a Request,
    /// Half a body is none.
    whole: bool,
    alarm: Pollable,
    /// Events that came after it.
    late: Cell<u32>,
}

impl Exchange<'_> {
    fn run(&self, connect: u32, total: u32) -> Result<Response, SendError> {
        let message = message(self.request)?;
        let body = message.body().map_err(|()| unsendable("body"))?;
        let answer = handle(message, Some(options(connect, total))).map_err(|error| self.failure(error))?;
        self.write(body)?;
        loop {
            match answer.get() {
                Some(Ok(Ok(response))) => return self.read(response),
                Some(Ok(Err(error))) => return Err(self.failure(error)),
                Some(Err(())) => return Err(other("the host gave the answer away")),
                None => self.wait_for(&answer.subscribe())?,
            }
        }
    }

    /// Writes the body as fast as the host takes it.
    fn write(&self, body: OutgoingBody) -> Result<(), SendError> {
        let mut rest = self.request.body.as_slice();
        if !rest.is_empty() {
            let stream = body.write().map_err(|()| unsendable("body"))?;
            let ready = stream.subscribe();
            while !rest.is_empty() {
                self.wait_for(&ready)?;
                match write_some(&stream, rest) {
                    Ok(left) => rest = left,
                    // The answer, or what became of the connection, says more.
                    Err(_) => break,
                }
            }
        }
        let _told_by_the_answer = OutgoingBody::finish(body, None);
        Ok(())
    }

    fn read(&self, response: IncomingResponse) -> Result<Response, SendError> {
        let headers = response
            .headers()
            .entries()
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
            .collect();
        let mut answer = Response { status: response.status(), headers, body: Vec::new() };
        match self.read_body(&response, &mut answer) {
            Err(error) if self.whole => Err(error),
            _ => Ok(answer),
        }
    }

    /// Adds the body to the `answer`, as far as it comes.
    fn read_body(&self, response: &IncomingResponse, answer: &mut Response) -> Result<(), SendError> {
        let unreadable = || other("the answer has no body to read");
        let body = response.consume().map_err(|()| unreadable())?;
        let stream = body.stream().map_err(|()| unreadable())?;
        let ready = stream.subscribe();
        let enough = subscribe_duration(nanoseconds(patience(answer.status)));
        while self.read_some(&stream, &mut answer.body)? {
            if self.whole {
                self.wait_for(&ready)?;
            } else {
                poll(&[&ready, &enough, &self.alarm]);
                if !ready.ready() || enough.ready() || self.alarm.ready() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads what has arrived; `false` at the end.
    fn read_some(&self, stream: &InputStream, body: &mut Vec<u8>) -> Result<bool, SendError> {
        let room = MAX_BODY.saturating_sub(body.len());
        match stream.read(room as u64) {
            Ok(mut bytes) => {
                body.append(&mut bytes);
                Ok(body.len() < MAX_BODY)
            }
            Err(StreamError::Closed) => Ok(false),
            Err(StreamError::LastOperationFailed(_)) => Err(self.failure(ErrorCode::ConnectionTerminated)),
        }
    }

    /// Waits for `event`, and gives up when the time is over. What has arrived by then is still taken, but an event that
    /// comes and comes with nothing keeps no request alive.
    fn wait_for(&self, event: &Pollable) -> Result<(), SendError> {
        poll(&[event, &self.alarm]);
        if self.alarm.ready() {
            self.late.set(self.late.get() + 1);
        }
        if event.ready() && self.late.get() <= MOST_LATE {
            Ok(())
        } else {
            Err(SendError::Failed(TransportError::Timeout))
        }
    }

    fn failure(&self, error: ErrorCode) -> SendError {
        failure(self.request, error)
    }
}

/// The request, as wasi:http has it.
fn message(request: &Request) -> Result<OutgoingRequest, SendError> {
    let address = Address::of(request);
    let message = OutgoingRequest::new(fields(request)?);
    message
        .set_method(&method(request))
        .and_then(|()| message.set_scheme(Some(&address.scheme)))
        .and_then(|()| message.set_authority(address.authority))
        .and_then(|()| message.set_path_with_query(Some(&address.path_with_query)))
        .map_err(|()| unsendable("address"))?;
    Ok(message)
}

/// Writes as much as the stream takes now; returns the rest.
fn write_some<'a>(stream: &OutputStream, bytes: &'a [u8]) -> Result<&'a [u8], StreamError> {
    let room = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
    let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
    stream.write(now)?;
    Ok(later)
}

fn other(why: &str) -> SendError {
    TransportError::Other(Some(why.into())).into()
}
