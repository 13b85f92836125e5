//! Requests, by ureq.

use crate::{Attempt, HttpRequest, HttpResponse, TransportError};
use std::{io::ErrorKind, time::Duration};
use ureq::{Agent, Error, Timeout, http};

/// One request and its answer: redirects and every status are answers, for the component to judge.
pub fn send(attempt: Attempt) -> Result<HttpResponse, TransportError> {
    let time = |milliseconds: u32| Some(Duration::from_millis(milliseconds.into()));
    let config = Agent::config_builder().max_redirects(0).http_status_as_error(false);
    let config = config.timeout_connect(time(attempt.connect_timeout)).timeout_global(time(attempt.timeout));
    exchange(&config.build().new_agent(), attempt.request).map_err(failure)
}

fn exchange(agent: &Agent, request: HttpRequest) -> Result<HttpResponse, Error> {
    let out = http::Request::builder().method(&*request.method).uri(request.uri);
    let out = request.headers.iter().fold(out, |out, (name, value)| out.header(name, value));
    let none = request.body.is_empty();
    let mut answer = if none { agent.run(out.body(())?)? } else { agent.run(out.body(request.body)?)? };
    let headers = answer.headers().iter();
    let headers = headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("").to_owned())).collect();
    let body = answer.body_mut().with_config().limit(1 << 20).read_to_vec()?;
    Ok(HttpResponse { status_code: answer.status().as_u16(), headers, body })
}

/// What counts is whether the request can have arrived. No text holds its URI.
fn failure(error: Error) -> TransportError {
    match error {
        Error::HostNotFound => TransportError::Dns("host not found".to_owned()),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => TransportError::ConnectTimeout,
        Error::Timeout(_) => TransportError::Timeout,
        Error::Tls(_) | Error::Rustls(_) => TransportError::Tls(error.to_string()),
        Error::ConnectionFailed => TransportError::Refused("no connection".to_owned()),
        Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                TransportError::Refused(error.to_string())
            }
            _ if error.to_string().starts_with("failed to lookup") => TransportError::Dns(error.to_string()),
            _ => TransportError::Reset(error.to_string()), // may have arrived
        },
        _ => TransportError::Other(None),
    }
}
