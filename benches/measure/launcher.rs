//! Runs commands one after the other, and says what the system says that each took.
//!
//! It is a process of its own: the most memory of a program is counted from that of whoever starts it, and this one has little.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use cfn_signal_benches::cells::{Contender, Run, Runs};
use wait4::Wait4 as _;

/// The argument that makes this program the launcher.
pub const ARGUMENT: &str = "launch";

/// Runs each as often as it is to be run, in turn with the others.
pub fn launch(contenders: &[Contender]) -> Runs {
    let mut launcher = Command::new(std::env::current_exe().unwrap())
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    serde_json::to_writer(launcher.stdin.take().unwrap(), contenders).unwrap();
    let output = launcher.wait_with_output().unwrap();
    assert!(output.status.success(), "a command failed: see above");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The launcher itself.
pub fn serve() {
    let mut plan = String::new();
    std::io::stdin().read_to_string(&mut plan).unwrap();
    let contenders: Vec<Contender> = serde_json::from_str(&plan).unwrap();
    let rounds = contenders.iter().map(|it| it.runs).max().unwrap_or_default();
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); contenders.len()];
    // Once to find everything in the cache.
    contenders.iter().for_each(|contender| _ = run(contender));
    for round in 1..=rounds {
        for (contender, runs) in contenders.iter().zip(&mut runs) {
            // Those that run less often run all the same from the first round to the last.
            if round * contender.runs / rounds > runs.len() {
                runs.push(run(contender));
            }
        }
    }
    println!("{}", serde_json::to_string(&Runs { floor: own_peak(), runs }).unwrap());
}

fn run(contender: &Contender) -> Run {
    let mut command = command(contender);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let used = command.spawn().unwrap().wait4().unwrap();
    let wall = begun.elapsed().as_secs_f64();
    if !used.status.success() && !contender.may_fail {
        eprintln!("{}: {}; once more, to hear why:", contender.who, used.status);
        let _ = self::command(contender).status();
        std::process::exit(1);
    }
    let usage = used.rusage;
    #[expect(clippy::cast_precision_loss, reason = "no memory is that large")]
    let peak = usage.maxrss as f64;
    Run { wall, user: usage.utime.as_secs_f64(), system: usage.stime.as_secs_f64(), peak }
}

fn command(contender: &Contender) -> Command {
    let (program, arguments) = contender.command.split_first().unwrap();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(contender.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null());
    command
}

/// In bytes.
fn own_peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).unwrap_or_default() * 1024.0
}
