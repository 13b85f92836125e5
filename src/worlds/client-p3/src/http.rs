//! One request over wasi:http 0.3, answered within its time or given up.
//!
//! Source: <https://github.com/WebAssembly/wasi-http>, `wit/p3/deps/wasi-http-0.3.0.wit`

use alloc::string::String;
use alloc::vec::Vec;

use cfn_signal_core::deliver::{Clock as _, SendError};
use cfn_signal_core::delivery::{Attempt, TransportError};
use cfn_signal_core::http::Response;
use wit_bindgen::StreamResult;

use crate::bindings::{wit_future, wit_stream};
use crate::clock::{WasiClock, pass};
use crate::http_terms::{Address, MAX_BODY, failure, fields, method, options, patience, unsendable};
use crate::race::{Winner, beside, race};
use crate::wasi::http::client;
use crate::wasi::http::types::{Request, Response as Answer};

/// What is read of an answer's body at once.
const CHUNK: usize = 4 << 10;

/// Sends the request and waits for its answer, for as long as `attempt` says, whatever the host does. Its body is handed over as far
/// as it comes meanwhile.
pub(crate) async fn send(attempt: &Attempt) -> Result<Response, SendError> {
    let clock = WasiClock::start();
    match race(exchange(attempt), pass(attempt.timeout)).await {
        Winner::First(answer) => {
            let spent = u32::try_from(clock.elapsed()).unwrap_or(u32::MAX);
            Ok(read(answer?, attempt.timeout.saturating_sub(spent)).await)
        }
        Winner::Second(()) => Err(TransportError::Timeout.into()),
    }
}

/// The answer's head.
async fn exchange(attempt: &Attempt) -> Result<Answer, SendError> {
    let Attempt { request, connect_timeout, timeout, .. } = attempt;
    let (writer, contents) = if request.body.is_empty() {
        (None, None)
    } else {
        let (writer, reader) = wit_stream::new();
        (Some(writer), Some(reader))
    };
    // What is said of them when the writing end goes: there are none.
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    let options = options(*connect_timeout, *timeout);
    let (message, _sent) = Request::new(fields(request)?, contents, no_trailers, Some(options));
    let address = Address::of(request);
    message
        .set_method(&method(request))
        .and_then(|()| message.set_scheme(Some(&address.scheme)))
        .and_then(|()| message.set_authority(address.authority))
        .and_then(|()| message.set_path_with_query(Some(&address.path_with_query)))
        .map_err(|()| unsendable("address"))?;
    let write = async {
        if let Some(mut writer) = writer {
            // The answer, or what became of the connection, says more than what could not be written.
            let _unwritten = writer.write_all(request.body.clone()).await;
        }
        // A host may send nothing before it knows the whole request, which the trailers end.
        drop(trailers);
    };
    let answer = beside(client::send(message), write).await;
    answer.map_err(|error| failure(request, error))
}

/// The whole of it, and of its body what comes within `left` milliseconds and one's patience.
async fn read(answer: Answer, left: u32) -> Response {
    let status = answer.get_status_code();
    let headers = answer.get_headers().copy_all();
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
        .collect();
    let (_result, done) = wit_future::new(|| Ok(()));
    let (mut stream, _end) = Answer::consume_body(answer, done);
    let mut body = Vec::new();
    let whole = async {
        while body.len() < MAX_BODY {
            let (read, mut chunk) = stream.read(Vec::with_capacity(CHUNK.min(MAX_BODY - body.len()))).await;
            body.append(&mut chunk);
            if !matches!(read, StreamResult::Complete(_)) {
                break;
            }
        }
    };
    let _whole_or_not = race(whole, pass(patience(status).min(left))).await;
    Response { status, headers, body }
}
