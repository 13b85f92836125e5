//! The command against a server that misbehaves by seed, over real sockets: whatever it does, the command ends in time, says what
//! is so, and loses no signal that could have arrived. Where its metadata service misbehaves too, it signals as itself or not at all.
//!
//! 200 runs and 50 with a metadata service, or as many as `CFN_SIGNAL_FAULT_RUNS` says and a quarter of it (`make test-faults`:
//! 2,000), which prints what each fault came to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod dice;
mod faults;
mod metadata;
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
use metadata::Metadata;
use server::{Record, Service, Whose};

/// How long before the deadline everything is well. Two seconds would do for an idle machine.
const BEFORE: Duration = Duration::from_millis(3_500);
/// The same where the machine has to get to know itself before: a question may hang just then.
const BEFORE_WITH_METADATA: Duration = Duration::from_secs(6);

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

/// A deadline by chance, and an outage that ends `before` it.
fn times(dice: &mut Dice, least: usize, before: Duration) -> (Duration, Duration) {
    let milliseconds = |number: usize| Duration::from_millis(u64::try_from(number).unwrap());
    let deadline = milliseconds(least + dice.below(6_000));
    let latest = usize::try_from((deadline - before).as_millis()).unwrap();
    let outage = if dice.below(2) == 0 { latest } else { dice.below(latest) };
    (deadline, milliseconds(outage))
}

fn run(seed: u64) -> Run {
    let mut dice = Dice::new(seed);
    let (deadline, outage) = times(&mut dice, 6_000, BEFORE);
    let service = Service::start(seed, outage, Whose { id: "i-1", region: "eu-west-1" });
    let mut command = binaries::cfn_signal();
    command.args(["-i", "i-1", "--deadline", &format!("{}ms", deadline.as_millis())]);
    if dice.below(2) == 0 {
        command
            .args(["--stack", "S", "--resource", "R", "--region", "eu-west-1", "--auth", "sigv4", "--url"])
            .arg(&service.url)
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

/// Of a machine that knows itself by its metadata only, signed by what that gives, or perhaps by keys that lie about.
fn run_with_metadata(seed: u64) -> Run {
    let mut dice = Dice::new(seed);
    let (deadline, outage) = times(&mut dice, 10_000, BEFORE_WITH_METADATA);
    let by = [&[][..], &["--auth", "instance"], &["--role", "web"], &[]][usize::try_from(seed % 4).unwrap()];
    let has_keys = seed % 4 == 3;
    // With keys that need no instance half of the time is all that is waited for it.
    let outage = if has_keys { outage.min(deadline / 2 - Duration::from_secs(4)) } else { outage };
    let service = Service::start(seed, outage, Whose { id: metadata::ID, region: metadata::REGION });
    let imds = Metadata::start(seed, outage);
    let mut command = binaries::cfn_signal();
    command
        .args(["--deadline", &format!("{}ms", deadline.as_millis()), "--url", &service.url])
        .args(by)
        .args(if dice.below(3) == 0 { &["--discover"][..] } else { &["--stack", "S", "--resource", "R"] })
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &imds.url)
        // Nobody listens there.
        .env("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1");
    if has_keys {
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET);
    }
    if dice.below(3) == 0 {
        command.args(["-vv", "--output", "json"]);
    }
    let started = Instant::now();
    let output = command.output().unwrap();
    let mut record = service.record();
    record.met.extend(imds.met());
    Run { seed, output, took: started.elapsed(), deadline, record }
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
        } else if record.foreign {
            "it signals as another machine, or elsewhere"
        } else if said.contains("the region is us-east-1") {
            "it does not know its region"
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

/// How many runs there are, of whatever a server does.
fn runs() -> u64 {
    env::var("CFN_SIGNAL_FAULT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(200)
}

/// Plays `runs`, prints what each fault came to and returns the names of those that were met. There are no flaws.
fn play(runs: u64, run: fn(u64) -> Run) -> Vec<&'static str> {
    /// At once: they wait most of the time.
    const TOGETHER: usize = 40;
    let (next, flaws) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    // Of each fault: requests that met it, runs, and how these ended.
    let table: Mutex<BTreeMap<&'static str, [u32; 4]>> = Mutex::default();
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
    table.into_keys().collect()
}

#[test]
fn whatever_a_server_does() {
    assert_eq!(play(runs(), run).len(), FAULTS.len(), "every fault is met");
}

#[test]
fn whatever_metadata_does() {
    let met = play(runs() / 4, run_with_metadata);
    for metadata::Fault { name, .. } in metadata::FAULTS {
        assert!(met.contains(name), "{name} is met");
    }
}
