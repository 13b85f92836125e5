//! What `cfn-signal run` costs beside the bare command: time, memory, and output passed through. With `AROUND_MIB=64` it is quick.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run ends")]

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cfn_signal_tests::binaries;
use cfn_signal_tests::recorder::{Answer, Recorder};

/// Each beside the other, in turns: the machine's mood is shared.
const ROUNDS: usize = 30;

fn main() {
    // Under `cargo test --benches` nothing is measured.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let server = Recorder::start(|_| Answer::new(200, "")).unwrap();
    let handle = format!("{}/handle?Signature=abc", server.url());
    let mib: u64 = std::env::var("AROUND_MIB").ok().and_then(|mib| mib.parse().ok()).unwrap_or(1024);
    println!("| `cfn-signal run` | it | beside | |\n|---|---|---|---|");
    time(&handle);
    memory(&handle);
    output(&handle, mib << 20);
}

/// `cfn-signal run` of `command`, signalled to a server on loopback.
fn around(handle: &str, command: &[&str]) -> Command {
    let mut run = binaries::cfn_signal();
    run.args(["run", "-i", "i-0123456789abcdef0", handle, "--"]).args(command);
    run
}

fn bare(command: &[&str]) -> Command {
    let mut bare = binaries::isolated(command.first().unwrap().as_ref());
    bare.args(command.iter().skip(1));
    bare
}

/// A command that does nothing: the whole of it, the signal of a wait condition included, and that signal alone.
fn time(handle: &str) {
    let (mut with, mut without, mut signal) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with.push(took(&mut around(handle, &["true"])));
        without.push(took(&mut bare(&["true"])));
        signal.push(took(binaries::cfn_signal().args(["-i", "i-0123456789abcdef0", handle])));
    }
    let [with, without, signal] = [with, without, signal].map(median);
    println!(
        "| `true`, and its signal, median of {ROUNDS} | {with:.1} ms | {without:.1} ms | the signal alone {signal:.1} ms |"
    );
}

fn took(command: &mut Command) -> f64 {
    let begun = Instant::now();
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success(), "{command:?}");
    begun.elapsed().as_secs_f64() * 1e3
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or_default()
}

/// While a command sleeps: what this process has by then, of which most is the program's own file.
fn memory(handle: &str) {
    let of = |mut command: Command| {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(500));
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        assert!(child.wait().unwrap().success());
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default()
                / 1024.0
        };
        (field("VmRSS:"), field("RssAnon:"))
    };
    let (with, own) = of(around(handle, &["sleep", "1"]));
    let (without, _) = of(bare(&["sleep", "1"]));
    println!("| memory while `sleep` runs | {with:.1} MB, {own:.1} MB of it its own | {without:.1} MB | |");
}

/// Lines of a hundred bytes, as fast as they come, through a pipe to this process.
fn output(handle: &str, bytes: u64) {
    let lines = format!("yes {} 2>/dev/null | head -c {bytes}", "x".repeat(99));
    let through = |mut command: Command, of_stderr: bool| {
        let begun = Instant::now();
        command.stdin(Stdio::null());
        if of_stderr {
            command.stdout(Stdio::null()).stderr(Stdio::piped());
        } else {
            command.stdout(Stdio::piped()).stderr(Stdio::null());
        }
        let mut child = command.spawn().unwrap();
        let mut buffer = vec![0; 1 << 20];
        let mut all = 0;
        let mut drain = |from: &mut dyn std::io::Read| {
            loop {
                match from.read(&mut buffer).unwrap() {
                    0 => break,
                    read => all += read as u64,
                }
            }
        };
        match (child.stdout.take(), child.stderr.take()) {
            (Some(mut stdout), _) => drain(&mut stdout),
            (_, Some(mut stderr)) => drain(&mut stderr),
            _ => {}
        }
        assert!(child.wait().unwrap().success());
        // The signal's own line comes after it.
        assert!((bytes..bytes + 1_000).contains(&all), "{all}");
        bytes as f64 / begun.elapsed().as_secs_f64() / 1e9
    };
    let endless = format!("head -c {bytes} /dev/zero");
    for (what, source) in [("lines of 100 bytes", lines), ("no line", endless)] {
        let (mut err, mut out, mut cat) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..5 {
            err.push(through(around(handle, &["sh", "-c", &format!("{source} >&2")]), true));
            out.push(through(around(handle, &["sh", "-c", &source]), false));
            cat.push(through(bare(&["sh", "-c", &format!("{source} | cat")]), false));
        }
        row(what, bytes, [err, out, cat].map(median));
    }
}

fn row(what: &str, bytes: u64, [err, out, cat]: [f64; 3]) {
    let mib = bytes >> 20;
    println!(
        "| {mib} MB on standard error, {what}, the last of it kept | {err:.2} GB/s | `cat`: {cat:.2} GB/s | {:.0} % |",
        err / cat * 100.0
    );
    println!("| the same on standard output | {out:.2} GB/s | | {:.0} % |", out / cat * 100.0);
}
