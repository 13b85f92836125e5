//! The command while it runs.

use std::io::{self, IsTerminal as _, Read, Write as _};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::arguments::Arguments;
use super::ending::{Ending, ended_by};
use super::hint::hint;
use super::leftovers::{self, Family};
use super::lines::Lines;
use super::memory::Kills;
use super::note::NoteFile;
use super::signals::{self, Heard};
use crate::cli::processes::Started;

/// What became of it.
#[derive(Debug)]
pub(super) struct Run {
    /// How it ended.
    pub ending: Ending,
    /// What it said.
    pub said: Said,
}

/// What a command said of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The last lines that it wrote on standard error.
    pub last_lines: Vec<String>,
    /// What it wrote into the file that it was given for a reason.
    pub note: Option<String>,
}

/// What is heard while it runs.
#[derive(Clone, Copy, Debug)]
enum Event {
    Ended(ExitStatus),
    /// By a signal.
    Asked(i32),
}

/// How long the rest of its output may take to arrive once nothing of it runs any more.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Between a signal that ended the command, and the same to this process.
const ALL_AT_ONCE: Duration = Duration::from_millis(500);

/// Runs it to its end, whatever that is; what it started ends with it. `known` is told how it ends as soon as that is decided,
/// before the rest of what it started has ended, which may take long.
pub(super) fn run(arguments: &Arguments, heard: &Heard, known: impl Fn(&Ending)) -> Run {
    let note = NoteFile::create();
    let kills = Kills::from_now();
    let family = Family::adopt();
    match start(arguments, note.as_ref(), &family) {
        Ok(mut child) => {
            let lines = child.stderr().map(|stderr| tail(stderr, arguments.tail));
            let ending = wait(child, arguments, heard, &family, &Watch { kills, known: &known });
            let last_lines = lines.and_then(|lines| lines.recv_timeout(LAST_WORDS).ok());
            let note = note.and_then(NoteFile::read);
            Run { ending, said: Said { last_lines: last_lines.unwrap_or_default(), note } }
        }
        Err(error) => {
            let hint = hint(&arguments.program, arguments.rest.is_empty(), &error);
            Run { ending: Ending::NotStarted { error, hint }, said: Said::default() }
        }
    }
}

fn start(arguments: &Arguments, note: Option<&NoteFile>, family: &Family) -> io::Result<Started> {
    let mut command = Command::new(&arguments.program);
    command.args(&arguments.rest);
    if let Some(note) = note {
        command.env(super::note::VARIABLE, note.path());
    }
    // What outlives this process would write into a pipe that nobody reads.
    if !arguments.leave_children && arguments.tail > 0 {
        command.stderr(Stdio::piped());
    }
    // On a terminal it has to stay where the terminal's own signals go.
    family.start(&mut command, !io::stdin().is_terminal())
}

/// Who looks on.
struct Watch<'a> {
    kills: Kills,
    known: &'a dyn Fn(&Ending),
}

fn wait(
    mut child: Started,
    arguments: &Arguments,
    heard: &Heard,
    family: &Family,
    watch: &Watch<'_>,
) -> Ending {
    let id = child.id();
    let (sender, events) = mpsc::channel();
    // Without these threads there is nothing to listen to: it is waited for all the same.
    let _deaf = heard.forward(sender.clone(), Event::Asked);
    let waits = thread::Builder::new().name("command".to_owned()).spawn(move || {
        if let Ok(status) = leftovers::wait(&mut child) {
            let _unheard = sender.send(Event::Ended(status));
        }
    });
    if let Err(error) = waits {
        family.end(Some(id), None, arguments.grace, || true);
        return Ending::NotStarted { error, hint: None };
    }
    let over = arguments.timeout.map(|timeout| Instant::now() + timeout);
    let event = match over {
        Some(over) => events.recv_timeout(over.saturating_duration_since(Instant::now())),
        None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    match event {
        Ok(Event::Ended(status)) => {
            (watch.known)(&Ending::Ended { status, killed_for_memory: watch.kills.so_far() });
            let asked = asked_too(status, &events);
            if !arguments.leave_children {
                family.end(None, None, arguments.grace, || true);
            }
            match asked {
                Some(signal) => Ending::Asked { signal, status: Some(status) },
                None => Ending::Ended { status, killed_for_memory: watch.kills.so_far() },
            }
        }
        Ok(Event::Asked(signal)) => {
            (watch.known)(&Ending::Asked { signal, status: None });
            let status = end(id, Some(signal), arguments, family, &events);
            Ending::Asked { signal, status }
        }
        Err(_) => {
            let timeout = arguments.timeout.unwrap_or_default();
            (watch.known)(&Ending::TimedOut { timeout, status: None });
            let status = end(id, None, arguments, family, &events);
            Ending::TimedOut { timeout, status }
        }
    }
}

/// Whoever shuts down asks all at once, and the command's end may be heard of first: what we are asked by, if it is that.
fn asked_too(status: ExitStatus, events: &Receiver<Event>) -> Option<i32> {
    let its = ended_by(status).filter(|signal| signals::may_ask(*signal))?;
    match events.recv_timeout(ALL_AT_ONCE) {
        Ok(Event::Asked(signal)) if signal == its => Some(signal),
        _ => None,
    }
}

/// Ends the command and all that it started; returns the command's own status, if it came.
fn end(
    id: u32,
    signal: Option<i32>,
    arguments: &Arguments,
    family: &Family,
    events: &Receiver<Event>,
) -> Option<ExitStatus> {
    let mut status = None;
    let mut has_ended = || {
        while let Ok(event) = events.try_recv() {
            if let Event::Ended(ended) = event {
                status = Some(ended);
            }
        }
        status.is_some()
    };
    family.end(Some(id), signal, arguments.grace, &mut has_ended);
    // A process that was killed is told of at once.
    let killed = Instant::now();
    while !has_ended() && killed.elapsed() < LAST_WORDS {
        thread::sleep(Duration::from_millis(5));
    }
    status
}

/// Passes on what comes, at once, and keeps the last lines.
fn tail(mut from: impl Read + Send + 'static, lines: usize) -> Receiver<Vec<String>> {
    let (sender, kept) = mpsc::channel();
    let pass = move || {
        let mut lines = Lines::new(lines);
        let mut buffer = vec![0; 64 << 10];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    let some = buffer.get(..read).unwrap_or_default();
                    // A closed standard error is no reason for the command to fail.
                    let _unheard = io::stderr().write_all(some);
                    lines.push(some);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _unheard = sender.send(lines.readable());
    };
    // Without the thread the pipe is closed with `from`, and the command told so.
    let _deaf = thread::Builder::new().name("output".to_owned()).spawn(pass);
    kept
}
