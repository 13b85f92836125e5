//! What it is measured on.

use std::time::{Duration, Instant};

use cfn_signal_benches::figures;

use crate::peers::said;

/// The load of a machine that does nothing.
const IDLE: f64 = 0.5;

/// How long what was built before may take to be forgotten.
const PATIENCE: Duration = Duration::from_secs(240);

/// The machine, before anything is measured.
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory: String,
    pub system: String,
    pub compiler: String,
    /// What else it does: runnable programs, over one minute.
    pub load: f64,
    pub commit: String,
    pub date: String,
}

impl Machine {
    pub fn look() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let value = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let (processors, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
        let kilobytes: f64 = value(&memory, "MemTotal").trim_end_matches(" kB").parse().unwrap_or_default();
        let changed = said("git", &["status", "--porcelain", "--untracked-files=no"]).unwrap_or_default();
        let commit = said("git", &["rev-parse", "--short=10", "HEAD"]).unwrap_or_default();
        Self {
            processor: value(&processors, "model name"),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            memory: figures::size(kilobytes * 1024.0),
            system: format!(
                "{}, {}",
                said("uname", &["-srm"]).unwrap_or_default(),
                value(&read("/etc/os-release").replace('=', ":"), "PRETTY_NAME").trim_matches('"')
            ),
            compiler: said("rustc", &["--version"]).unwrap_or_default(),
            load: settled(),
            commit: if changed.is_empty() { commit } else { format!("{commit}, with changes") },
            date: said("date", &["-u", "+%-d %B %Y"]).unwrap_or_default(),
        }
    }

    /// Whether something else ran, so that times are longer than they would be.
    pub fn is_busy(&self) -> bool {
        self.load > IDLE
    }
}

/// The load, once the building of all this is no part of it any more; after some minutes it is something else.
fn settled() -> f64 {
    let now = || {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        load.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or_default()
    };
    let begun = Instant::now();
    if now() > IDLE {
        eprintln!("waiting until this machine is idle");
    }
    while now() > IDLE && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_secs(2));
    }
    now()
}
