//! Gates: what has to hold before a success is one (`--wait-for`).

mod gate;
mod probe;

use std::io::{self, IsTerminal as _, Write as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cfn_signal_command_line::{self as command_line, Options, conceal_secrets};

pub(super) use gate::Gate;

use super::concealed::conceal;
use probe::{Probes, is_late};

/// Between two looks, at first and in the end.
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);
/// Between two lines that say what is waited for, where nobody sees a line that changes.
const SAID_AGAIN: Duration = Duration::from_secs(60);

/// Waits until all gates of `options` hold at once.
///
/// # Errors
///
/// Which did not within their time, and the last that was seen of them: the reason of a failure.
pub(super) fn wait(options: &Options, probes: &Probes<'_>) -> Result<(), String> {
    let gates = read(options)?;
    if gates.is_empty() {
        return Ok(());
    }
    let started = Instant::now();
    let end = started + options.gate_timeout;
    let mut line = Line::new(options);
    let mut pause = FIRST;
    let mut before: Option<(String, String)> = None;
    loop {
        let missing = gates.iter().find_map(|gate| {
            let left = end.saturating_duration_since(Instant::now());
            probes.look(gate, left).err().map(|seen| (gate, conceal(&seen)))
        });
        let Some((gate, seen)) = missing else {
            line.end();
            tracing::info!(took = ?started.elapsed(), "every gate holds");
            return Ok(());
        };
        let gate = conceal(&gate.to_string());
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            line.end();
            // The last look has little time: what had been seen with more says more.
            let seen = match before {
                Some((of, earlier)) if of == gate && is_late(&seen) => earlier,
                _ => seen,
            };
            let timeout = humantime::format_duration(options.gate_timeout);
            return Err(format!("{gate} did not hold within {timeout} (--wait-for): {seen}"));
        }
        line.say(&format!("waiting for {gate}: {seen}"), left);
        before = Some((gate, seen));
        sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST);
    }
}

/// The gates that are typed.
///
/// # Errors
///
/// What one of them is not.
pub(super) fn read(options: &Options) -> Result<Vec<Gate>, String> {
    let gate = |typed: &String| {
        typed.parse().map_err(|why| format!("Error: --wait-for {}: {why}", conceal_secrets(typed)))
    };
    options.wait_for.iter().map(gate).collect()
}

/// What is waited for, on a line that changes, or now and then.
struct Line<'a> {
    options: &'a Options,
    live: bool,
    last: Option<(String, Instant)>,
}

impl<'a> Line<'a> {
    fn new(options: &'a Options) -> Self {
        let live = io::stderr().is_terminal() && options.log_format == command_line::Format::Text;
        Self { options, live, last: None }
    }

    fn say(&mut self, what: &str, left: Duration) {
        if self.live {
            let left = humantime::format_duration(Duration::from_secs(left.as_secs()));
            let what: String = what.chars().filter(|c| !c.is_control()).take(100).collect();
            // Nobody else writes here now.
            let _unheard = write!(io::stderr(), "\r\x1b[Kcfn-signal: {what} ({left} left)");
            self.last = Some((what, Instant::now()));
            return;
        }
        let is_due = self.last.as_ref().is_none_or(|(said, at)| said != what || at.elapsed() >= SAID_AGAIN);
        if is_due {
            command_line::note(self.options, what);
            self.last = Some((what.to_owned(), Instant::now()));
        }
    }

    fn end(&mut self) {
        if self.live && self.last.take().is_some() {
            let _unheard = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

pub(super) use probe::Probes as Prober;
