//! An instance metadata service in the states that the recorded runs met.

use crate::recorder::{Answer, Recorded, Recorder};

/// What the metadata service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Version 2, tokens given and asked for.
    V2,
    /// Version 1: the token request is answered with this status.
    V1(u16),
    /// 404 for everything.
    None,
}

/// Starts an instance metadata service. `document` and `signature` are the instance's identity.
///
/// # Errors
///
/// When no loopback port can be had.
pub fn start(mode: Mode, document: String, signature: String) -> std::io::Result<Recorder> {
    Recorder::start(move |request| answer(mode, &document, &signature, request))
}

fn answer(mode: Mode, document: &str, signature: &str, request: &Recorded) -> Answer {
    const TOKEN: &str = "a-token";
    if request.method == "PUT" {
        return match mode {
            Mode::V2 => Answer::new(200, TOKEN),
            Mode::V1(status) => Answer::new(status, ""),
            Mode::None => Answer::new(404, ""),
        };
    }
    match mode {
        Mode::V2 if request.header("x-aws-ec2-metadata-token") != Some(TOKEN) => Answer::new(401, ""),
        Mode::None => Answer::new(404, "not found"),
        _ => match request.target.as_str() {
            "/latest/meta-data/instance-id" => Answer::new(200, "i-0123456789abcdef0"),
            "/latest/meta-data/placement/region" => Answer::new(200, "us-west-2"),
            "/latest/dynamic/instance-identity/document" => Answer::new(200, document),
            "/latest/dynamic/instance-identity/signature" => Answer::new(200, signature),
            _ => Answer::new(404, "not found"),
        },
    }
}
