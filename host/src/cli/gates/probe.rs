//! One look at a gate.

use std::fs;
use std::io::{self, Read};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use cfn_signal_core::http::Request;
use cfn_signal_core::uri;
use regex_lite::Regex;
use serde::Deserialize;

use super::gate::Gate;
use crate::cli::processes::{self, Started};
use crate::http::{Client, RequestLimits, Route};

/// What one look may take at most.
const LONGEST: Duration = Duration::from_secs(10);
/// Of an answer or an error, in characters.
const SHOWN: usize = 200;
/// Where cloud-init says how it ended.
///
/// Source: <https://docs.cloud-init.io/en/latest/explanation/return_codes.html>
const RESULT: &str = "/run/cloud-init/result.json";

/// What is seen of a command that has not ended.
const LATE: &str = "it takes longer than ";

/// Whether that is what was seen.
pub(super) fn is_late(seen: &str) -> bool {
    seen.starts_with(LATE)
}

/// Whoever looks.
pub(in crate::cli) struct Probes<'a> {
    /// For gates over HTTP.
    pub client: &'a Client,
}

impl Probes<'_> {
    /// Whether `gate` holds now.
    ///
    /// # Errors
    ///
    /// What is seen in place of it.
    pub(super) fn look(&self, gate: &Gate, left: Duration) -> Result<(), String> {
        let limit = left.min(LONGEST).max(Duration::from_millis(100));
        match gate {
            Gate::Http { url, statuses, body } => self.http(url.expose(), statuses, body.as_ref(), limit),
            Gate::Tcp { host, port } => tcp(host, *port, limit),
            Gate::Unix(path) => unix(path),
            Gate::File(path) => fs::metadata(path).map(drop).map_err(|error| error.to_string()),
            Gate::Systemd(unit) => systemd(unit, limit),
            Gate::CloudInit => cloud_init(fs::read_to_string(RESULT)),
            Gate::Exec(command) => run(Command::new("sh").args(["-c", command]), limit).map(drop),
        }
    }

    fn http(&self, url: &str, statuses: &[u16], body: Option<&Regex>, limit: Duration) -> Result<(), String> {
        let request =
            Request { method: "GET".to_owned(), uri: url.to_owned(), headers: Vec::new(), body: Vec::new() };
        let host = uri::split(url).host().unwrap_or_default().to_ascii_lowercase();
        // No proxy leads back here.
        let is_here =
            ["localhost:", "127.", "[::1]:"].iter().any(|here| format!("{host}:").starts_with(here));
        let route = if is_here { Route::Direct } else { Route::Configured };
        let limits = RequestLimits { connect: limit, total: limit, route };
        let answer = self.client.send(&request, limits).map_err(|error| error.to_string())?;
        let right = match statuses {
            [] => (200..400).contains(&answer.status),
            some => some.contains(&answer.status),
        };
        if !right {
            return Err(format!("it answers {}", answer.status));
        }
        let text = String::from_utf8_lossy(&answer.body);
        match body {
            Some(pattern) if !pattern.is_match(&text) => {
                Err(format!("its answer does not match {}: {}", pattern.as_str(), shown(&text)))
            }
            _ => Ok(()),
        }
    }
}

fn tcp(host: &str, port: u16, limit: Duration) -> Result<(), String> {
    let addresses = (host, port).to_socket_addrs().map_err(|error| error.to_string())?;
    let mut why = format!("{host} has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(_) => return Ok(()),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

#[cfg(unix)]
fn unix(path: &str) -> Result<(), String> {
    std::os::unix::net::UnixStream::connect(path).map(drop).map_err(|error| error.to_string())
}

#[cfg(not(unix))]
fn unix(_: &str) -> Result<(), String> {
    Err("this system has no such sockets".to_owned())
}

fn systemd(unit: &str, limit: Duration) -> Result<(), String> {
    match run(Command::new("systemctl").args(["is-active", "--", unit]), limit) {
        Ok(_) => Ok(()),
        // It says in one word what the unit is.
        Err(state) => Err(state),
    }
}

/// What cloud-init writes at its end.
#[derive(Deserialize)]
struct CloudInit {
    v1: Stages,
}

#[derive(Deserialize)]
struct Stages {
    #[serde(default)]
    errors: Vec<String>,
}

fn cloud_init(result: io::Result<String>) -> Result<(), String> {
    let text = result.map_err(|error| format!("it has not ended: {RESULT}: {error}"))?;
    let result: CloudInit = serde_json::from_str(&text).map_err(|error| format!("{RESULT}: {error}"))?;
    match result.v1.errors.as_slice() {
        [] => Ok(()),
        [first, ..] => Err(format!("it ended with an error: {}", shown(first))),
    }
}

/// Runs a command that has to succeed.
fn run(command: &mut Command, limit: Duration) -> Result<(), String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = processes::start(command).map_err(|error| format!("{program} cannot be run: {error}"))?;
    let readers = child.stdout().map(reader).transpose().and_then(|output| {
        let errors = child.stderr().map(reader).transpose()?;
        Ok([output, errors].into_iter().flatten().collect::<Vec<_>>())
    });
    let readers = match readers {
        Ok(readers) => readers,
        Err(error) => {
            kill(&mut child);
            return Err(format!("no thread can be had to read what {program} says: {error}"));
        }
    };
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < limit => sleep(Duration::from_millis(10)),
            Ok(None) => {
                kill(&mut child);
                let tenths = u64::try_from(limit.as_millis().div_ceil(100)).unwrap_or(u64::MAX);
                let limit = humantime::format_duration(Duration::from_millis(tenths.saturating_mul(100)));
                return Err(format!("{LATE}{limit}"));
            }
            Err(error) => return Err(error.to_string()),
        }
    };
    if status.success() {
        return Ok(());
    }
    // What it left running may hold the pipes: that is not waited for.
    let until = Instant::now() + Duration::from_millis(200);
    while readers.iter().any(|it| !it.is_finished()) && Instant::now() < until {
        sleep(Duration::from_millis(5));
    }
    // What it says goes before what it complains of.
    let said = readers.into_iter().filter(JoinHandle::is_finished).filter_map(|it| it.join().ok());
    let said = said.map(|it| shown(&String::from_utf8_lossy(&it))).find(|it| !it.is_empty());
    Err(said.unwrap_or_else(|| status.to_string()))
}

/// Reads the beginning of what comes, and lets the rest go, for whoever says much would wait for a reader.
fn reader(mut from: impl Read + Send + 'static) -> io::Result<JoinHandle<Vec<u8>>> {
    thread::Builder::new().name("output".to_owned()).spawn(move || {
        let mut said = Vec::new();
        // What is not UTF-8, or breaks off, is told as far as it came.
        let _unread = from.by_ref().take(4 << 10).read_to_end(&mut said);
        let _rest = io::copy(&mut from, &mut io::sink());
        said
    })
}

fn kill(child: &mut Started) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // Gone already, perhaps.
        let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _gone = child.kill();
    let _reaped = child.wait();
}

/// The first line of it, of a length that can be read.
fn shown(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    line.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::{cloud_init, run};

    #[test]
    fn cloud_init_holds_once_it_has_ended_well() {
        let ended = |text: &str| cloud_init(Ok(text.to_owned()));
        assert_eq!(ended(r#"{"v1":{"datasource":"x","errors":[]}}"#), Ok(()));
        assert_eq!(
            ended(r#"{"v1":{"errors":["('scripts-user', RuntimeError('1 failed'))","b"]}}"#),
            Err("it ended with an error: ('scripts-user', RuntimeError('1 failed'))".to_owned())
        );
        assert!(ended("{").is_err());
        let missing = cloud_init(Err(io::ErrorKind::NotFound.into()));
        assert!(missing.is_err_and(|why| why.starts_with("it has not ended")));
    }

    #[cfg(unix)]
    #[test]
    fn commands_say_why_not() {
        let sh = |script: &str| run(Command::new("sh").args(["-c", script]), Duration::from_secs(5));
        assert_eq!(sh("true"), Ok(()));
        assert_eq!(sh("echo inactive; exit 3"), Err("inactive".to_owned()));
        assert_eq!(sh("echo no route >&2; exit 3"), Err("no route".to_owned()));
        assert_eq!(sh("echo noise >&2; echo inactive; exit 3"), Err("inactive".to_owned()));
        assert!(sh("no-such-command").is_err_and(|why| why.contains("not found")));
        assert_eq!(sh("exit 3"), Err("exit status: 3".to_owned()));
        assert!(
            run(&mut Command::new("/nonexistent/x"), Duration::from_secs(1))
                .is_err_and(|why| why.contains("cannot be run"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_hangs_is_not_waited_for() {
        let started = Instant::now();
        let limit = Duration::from_micros(199_996);
        let hangs = run(Command::new("sh").args(["-c", "sleep 60 & sleep 60"]), limit);
        assert_eq!(hangs, Err("it takes longer than 200ms".to_owned()));
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
