//! `SignalResource` against `cfn-rehearse serve` over kept connections: signals a second that are verified (Signature
//! Version 4) and counted by a server that has one core, and what they cost in memory.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run ends")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{self, Payload, Request, Scope, SigningKeys, SigningSettings};
use cfn_signal_tests::rehearsal::Served;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_setaffinity};

/// Signals of each measurement.
const SIGNALS: usize = 100_000;

/// Connections that are kept, one signal on its way on each.
const CONNECTIONS: usize = 32;

/// What is wanted of it.
const BUDGET: f64 = 10_000.0;

fn main() {
    // Under `cargo test --benches` nothing is measured.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let served = Served::start("wide-group.yaml", &[]).unwrap();
    let process = Pid::from_raw(i32::try_from(served.id()).unwrap()).unwrap();
    let pinned = pin(process);
    println!("one stack, {CONNECTIONS} kept connections, server on {pinned}");
    println!("{:<44} {:>6.1} MB", "resident before any signal", resident(process));
    let counted = load(&served, process, |number| format!("i-{number:017x}"));
    report("counted signals", &counted);
    println!("{:<44} {:>6.1} MB", format!("resident after {SIGNALS} of them"), resident(process));
    // Ids that are none of an instance: accepted, never counted, and not kept.
    for round in 1..=2 {
        let uncounted = load(&served, process, |number| format!("nobody-{round}-{number}"));
        report("signals that do not count", &uncounted);
        println!(
            "{:<44} {:>6.1} MB",
            format!("resident after {} of them", round * SIGNALS),
            resident(process)
        );
    }
    if counted.by_core < BUDGET {
        println!("below the budget of {BUDGET} signals a second of one core");
    }
}

/// Signals a second.
struct Rate {
    /// By the clock on the wall, which other programs slow down.
    by_wall: f64,
    /// By the time that the server had the core.
    by_core: f64,
}

fn report(what: &str, rate: &Rate) {
    println!("{what:<44} {:>6.0} a second of its core, {:.0} by the wall", rate.by_core, rate.by_wall);
}

/// Sends [`SIGNALS`] signals, each of which has to be answered with success.
fn load(served: &Served, process: Pid, unique_id: impl Fn(usize) -> String + Sync) -> Rate {
    let next = AtomicUsize::new(0);
    let (begun, used) = (Instant::now(), core_time(process));
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(served);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= SIGNALS {
                        return;
                    }
                    connection.signal(&unique_id(number));
                }
            });
        }
    });
    let signals = f64::from(u32::try_from(SIGNALS).unwrap());
    Rate { by_wall: signals / begun.elapsed().as_secs_f64(), by_core: signals / (core_time(process) - used) }
}

/// Seconds of a core that a process has used, the system's for it included.
fn core_time(process: Pid) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).unwrap();
    // The name, in brackets, may hold anything; user and system time are the 14th and 15th fields of all.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: f64 = fields.split_whitespace().skip(11).take(2).map(|it| it.parse::<f64>().unwrap()).sum();
    ticks / f64::from(u32::try_from(rustix::param::clock_ticks_per_second()).unwrap())
}

struct Connection {
    stream: BufReader<TcpStream>,
    authority: String,
    key: AccessKey,
    keys: SigningKeys,
}

impl Connection {
    fn open(served: &Served) -> Self {
        let authority = served.endpoint().strip_prefix("http://").unwrap().to_owned();
        let stream = TcpStream::connect(&authority).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let key = AccessKey {
            id: served.variable("AWS_ACCESS_KEY_ID").to_owned(),
            secret: Secret::new(served.variable("AWS_SECRET_ACCESS_KEY").to_owned()),
            session_token: None,
            expires_at: None,
        };
        Self { stream: BufReader::new(stream), authority, key, keys: SigningKeys::default() }
    }

    fn signal(&mut self, unique_id: &str) {
        let target = format!(
            "/?Action=SignalResource&ContentType=JSON&LogicalResourceId=Web&StackName=web&Status=SUCCESS\
             &UniqueId={unique_id}&Version=2010-05-15"
        );
        let uri = format!("http://{}{target}", self.authority);
        let request = Request { method: "GET", uri: &uri, headers: &[], payload: Payload::Bytes(&[]) };
        let signed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let scope = Scope { region: "us-east-1", service: "cloudformation", signed_at };
        let signed =
            sigv4::sign(&request, &self.key, &scope, &SigningSettings::default(), &mut self.keys).unwrap();
        let mut text = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n", self.authority);
        for (name, value) in &signed.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        self.stream.get_mut().write_all(text.as_bytes()).unwrap();
        let (status, body) = self.answer();
        assert_eq!(status, 200, "{body}");
    }

    /// The next answer: its status and its body.
    fn answer(&mut self) -> (u16, String) {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }
}

/// Gives the server the first core and us the rest, where there are several and the system lets us.
fn pin(process: Pid) -> &'static str {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let mut first = CpuSet::new();
    first.set(0);
    let mut rest = CpuSet::new();
    (1..cores).for_each(|core| rest.set(core));
    let pinned = cores > 1
        && sched_setaffinity(Some(process), &first).is_ok()
        && sched_setaffinity(None, &rest).is_ok();
    if pinned { "a core of its own" } else { "whatever core it gets" }
}

/// Resident memory, in megabytes.
fn resident(process: Pid) -> f64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
