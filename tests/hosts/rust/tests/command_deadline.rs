//! The command line in a stock `wasmtime`, against what gives no answer: it ends in time, as it says it will.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use cfn_signal_tests::binaries;

/// In seconds.
const DEADLINE: f64 = 4.0;

/// What an outcome says, and how long the process took beyond what the component knows of.
struct Ended {
    code: Option<i32>,
    /// By the component's clock, in seconds.
    took: f64,
    said: String,
    process: Duration,
}

/// Signals to `server`, a resource or a wait handle.
fn signal(server: SocketAddr, resource: bool) -> Ended {
    let url = format!("http://{server}");
    let handle = format!("{url}/h?Signature=x");
    let target = match resource {
        true => vec!["--url", &url, "--stack", "S", "--resource", "R", "--region", "eu-west-1"],
        false => vec![handle.as_str()],
    };
    let wasmtime = binaries::target_dir().join("tools/bin/wasmtime");
    assert!(wasmtime.is_file(), "{} is missing: run `make test-hosts`", wasmtime.display());
    let started = Instant::now();
    let output = binaries::isolated(&wasmtime)
        .args(["run", "-S", "http", "--env", "AWS_EC2_METADATA_DISABLED=true"])
        .args(["--env", "AWS_ACCESS_KEY_ID=AKIDEXAMPLEEXAMPLE00", "--env", "AWS_SECRET_ACCESS_KEY=secret"])
        .arg(binaries::component("command.wasm"))
        .args(["--id", "i-1", "--deadline", &format!("{DEADLINE}s")])
        .args(target)
        .output()
        .unwrap();
    let process = started.elapsed();
    let said = String::from_utf8(output.stderr).unwrap();
    // `… (2 tries, 3.8 s); …`
    let took = said.rsplit_once(" tries, ").and_then(|(_, rest)| rest.split_once(" s)")?.0.parse().ok());
    Ended { code: output.status.code(), took: took.unwrap_or(f64::NAN), said, process }
}

fn ends_in_time(server: SocketAddr, says: &str) {
    for resource in [true, false] {
        let Ended { code, took, said, process } = signal(server, resource);
        assert_eq!(code, Some(20), "{said}");
        assert!(said.contains(says), "{said}");
        assert!((1.0..DEADLINE + 1.0).contains(&took), "{took}: {said}");
        // It is compiled first, which takes a busy machine some seconds; a connection that is waited for at the end would take minutes.
        assert!(process < Duration::from_secs(60), "{process:?}: {said}");
    }
}

#[test]
fn a_server_that_takes_requests_and_never_answers() {
    // The system takes them: nobody has to.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    ends_in_time(listener.local_addr().unwrap(), "no answer within");
}

/// A listener whose queue is full drops what comes, as a firewall would.
#[cfg(target_os = "linux")]
#[test]
fn a_server_that_no_packet_reaches() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&server, Duration::from_secs(1)) {
        queued.push(stream);
    }
    ends_in_time(server, "no connection within");
}
