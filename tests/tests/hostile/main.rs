//! The command against a server that misbehaves by seed, over real sockets: whatever it does, the command ends in time, says what
//! is so, and loses no signal that could have arrived.
//!
//! 200 runs, or as many as `CFN_SIGNAL_FAULT_RUNS` says (`make test-faults`: 2,000), which prints what each fault came to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod dice;
mod faults;
mod server;

use std::collections::BTreeMap;
use std::env;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cfn_signal_tests::binaries;

use dice::Dice;
use faults::FAULTS;
use server::{Record, Service};

/// How long before the deadline everything is well. Two seconds would do for an idle machine.
const BEFORE: Duration = Duration::from_millis(3_500);

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE/SESSION+TOKEN==";
const SIGNATURE: &str = "c2lnbmF0dXJlb2ZhaGFuZGxl";

struct Run {
    seed: u64,
    output: Output,
    took: Duration,
    deadline: Duration,
    record: Record,
}

fn run(seed: u64) -> Run {
    let mut dice = Dice::new(seed);
    let deadline = Duration::from_millis(u64::try_from(6_000 + dice.below(6_000)).unwrap());
    let latest = usize::try_from((deadline - BEFORE).as_millis()).unwrap();
    let outage = if dice.below(2) == 0 { latest } else { dice.below(latest) };
    let service = Service::start(seed, Duration::from_millis(u64::try_from(outage).unwrap()));
    let mut command = binaries::cfn_signal();
    command.args(["-i", "i-1", "--deadline", &format!("{}ms", deadline.as_millis())]);
    if dice.below(2) == 0 {
        command
            .args([
                "--stack",
                "S",
                "--resource",
                "R",
                "--region",
                "eu-west-1",
                "--auth",
                "sigv4",
                "--url",
                &service.url,
            ])
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
    } else {
        command.arg(format!("{}/h?AWSAccessKeyId=AKID&Signature={SIGNATURE}", service.url));
    }
    if dice.below(3) == 0 {
        command.args(["-vv", "--output", "json"]);
    }
    let started = Instant::now();
    let output = command.output().unwrap();
    Run { seed, output, took: started.elapsed(), deadline, record: service.record() }
}

impl Run {
    fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    /// What is wrong with it, if anything.
    fn flaw(&self) -> Option<String> {
        let said = [&self.output.stdout[..], &self.output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let shown = |secret: &str| said.contains(secret);
        let record = &self.record;
        let wrong = if self.took > self.deadline + Duration::from_secs(1) {
            "it ended late"
        } else if self.code() == 0 && !record.taken {
            "it claims a delivery, and there was none"
        } else if [SECRET, TOKEN, SIGNATURE].into_iter().any(shown) {
            "it shows a secret"
        } else if said.contains("panicked") || ![0, 11].contains(&self.code()) {
            "it lost the signal"
        } else if self.code() == 11 && !record.behind {
            "it does not know its own signal"
        } else if self.code() == 11 && !said.contains("perhaps by an earlier try") {
            "it does not say that the signal may be its own"
        } else {
            return None;
        };
        let Self { seed, took, deadline, .. } = self;
        Some(format!(
            "seed {seed}: {wrong}: {took:?} of {deadline:?}, {record:?}, exit {}: {said}",
            self.code()
        ))
    }
}

#[test]
fn whatever_a_server_does() {
    /// At once: they wait most of the time.
    const TOGETHER: usize = 40;
    let runs = env::var("CFN_SIGNAL_FAULT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(200_u64);
    let (next, flaws) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    // Of each fault: requests that met it, runs, and how these ended.
    let table: Mutex<BTreeMap<&str, [u32; 4]>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= runs {
                        break;
                    }
                    let run = run(seed);
                    flaws.lock().unwrap().extend(run.flaw());
                    let mut table = table.lock().unwrap();
                    for (at, name) in run.record.met.iter().enumerate() {
                        let row = table.entry(name).or_default();
                        row[0] += 1;
                        if !run.record.met[..at].contains(name) {
                            let column = match run.code() {
                                0 => 1,
                                11 => 2,
                                _ => 3,
                            };
                            row[column] += 1;
                        }
                    }
                }
            });
        }
    });
    let table = table.into_inner().unwrap();
    println!("| fault | requests | delivered | already signalled, perhaps by itself | lost |");
    println!("|---|---|---|---|---|");
    for (name, [requests, delivered, perhaps, lost]) in &table {
        println!("| {name} | {requests} | {delivered} | {perhaps} | {lost} |");
    }
    let flaws = flaws.into_inner().unwrap();
    println!("{runs} runs, {} flaws", flaws.len());
    assert!(flaws.is_empty(), "{} of {runs}:\n{}", flaws.len(), flaws.join("\n"));
    assert_eq!(table.len(), FAULTS.len(), "every fault is met");
}
