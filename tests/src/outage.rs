//! Endpoints that give no answer, and what an example of a host tells of them before it tries again.

use std::io::{BufRead as _, BufReader, Error, Read as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::thread;

/// Each kind of endpoint, with what is in the way there.
///
/// # Errors
///
/// When no loopback port can be had.
pub fn endpoints() -> std::io::Result<[(String, &'static str); 2]> {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let hanging_up = listener.local_addr()?;
    // It goes with the test's process.
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0]);
        }
    });
    Ok([
        (format!("http://{closed}"), "no connection: "),
        (format!("http://{hanging_up}"), "the connection broke: "),
    ])
}

/// The first line that `example`, signalling to `endpoint`, says on standard error. Then it is ended: it has minutes to try.
///
/// # Errors
///
/// When it cannot be started or says nothing.
pub fn complaint(example: &mut Command, endpoint: &str) -> std::io::Result<String> {
    let mut child = example
        .args([endpoint, "us-east-1", "web", "Server", "i-0123456789abcdef0"])
        .envs([("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "none")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let stderr = child.stderr.take().ok_or_else(|| Error::other("no standard error"))?;
    let read = BufReader::new(stderr).read_line(&mut line);
    child.kill()?;
    child.wait()?;
    read.map(|_| line)
}
