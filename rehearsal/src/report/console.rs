//! Lines on a terminal or in a log.

mod only;
mod progress;

use std::env;
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::phase::{Phase, Tone};
use super::redact::redact;
use crate::moment::Moment;
use crate::secrets::Secrets;
use crate::shown;
use crate::stack::{Event, STACK_TYPE, Waiting};
pub use only::Kind;
use progress::{Progress, left};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// The status column grows to this, `UPDATE_ROLLBACK_IN_PROGRESS`; the few that are longer stick out.
const WIDEST_STATUS: usize = 27;

/// What is before a reason.
const REASON: &str = "           ";

/// Seconds between the lines that say what is waited for, where nobody sees a live line: a minute, then ever rarer.
const FIRST_REMINDER: u64 = 60;

/// A plain line on what is waited for.
struct Reminder {
    wanted: String,
    waiting: usize,
    due: Moment,
    interval: u64,
}

/// Where a rehearsal's lines go.
pub struct Console {
    out: Box<dyn Write>,
    /// Why it could not all be written.
    lost: Option<io::ErrorKind>,
    /// Whether a line may be overwritten.
    live: bool,
    colour: bool,
    columns: usize,
    /// The live line that is on the screen.
    shown: String,
    type_width: usize,
    status_width: usize,
    /// What the last plain line said was waited for, by how many, and when the next is due.
    reminded: Option<Reminder>,
    progress: Progress,
    /// The only kinds of events that are shown; every kind where it is empty.
    only: Vec<Kind>,
    secrets: Secrets,
}

impl Console {
    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::on(Box::new(io::stdout()), io::stdout().is_terminal())
    }

    /// Standard error.
    #[must_use]
    pub fn stderr() -> Self {
        // One write a line: the stream itself has no buffer.
        Self::on(Box::new(io::BufWriter::new(io::stderr())), io::stderr().is_terminal())
    }

    /// Anywhere else; `terminal` says whether it is one.
    #[must_use]
    pub fn on(out: Box<dyn Write>, terminal: bool) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let forced = env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let columns = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)).max(40);
        Self {
            out,
            lost: None,
            live: terminal && !dumb,
            colour: (terminal && !dumb || forced) && !no_colour,
            columns,
            shown: String::new(),
            type_width: STACK_TYPE.len(),
            status_width: "CREATE_IN_PROGRESS".len() + 2,
            reminded: None,
            progress: Progress::default(),
            only: Vec::new(),
            secrets: Secrets::default(),
        }
    }

    /// Shows no events but those of these kinds; all where there are none.
    #[must_use]
    pub fn only(self, kinds: &[Kind]) -> Self {
        Self { only: kinds.to_vec(), ..self }
    }

    /// Shows none of these from now on.
    pub fn hide(&mut self, secrets: &Secrets) {
        self.secrets = secrets.clone();
    }

    /// So many resources are to be made, as far as that is known.
    pub fn expect(&mut self, resources: Option<usize>) {
        self.progress.total = resources;
    }

    /// Makes the types' column as wide as the longest of them.
    pub fn fit<'a>(&mut self, types: impl Iterator<Item = &'a str>) {
        self.type_width = types.map(str::len).chain([self.type_width]).max().unwrap_or_default();
    }

    /// An event in the shape that deployment tools show: `time | status | type | logical id`, its reason below.
    ///
    /// Each resource has a second event when it gets its physical id; those tell nobody anything.
    pub fn event(&mut self, event: &Event) {
        self.progress.told(event);
        let initiated = event.reason.as_deref() == Some("Resource creation Initiated");
        if initiated || !self.only.is_empty() && !only::wanted(&self.only, event) {
            return;
        }
        let style = match Phase::of(event.status).tone() {
            Tone::Good => GREEN,
            Tone::Bad => RED,
            Tone::Plain => Style::new(),
            Tone::Faint => DIM,
        };
        // Wide from an update's first on, lest the columns move.
        let status = event.status.as_str();
        let room = if status.starts_with("UPDATE") { WIDEST_STATUS } else { status.len().min(WIDEST_STATUS) };
        self.status_width = self.status_width.max(room);
        let status =
            self.styled(style, &format!("{:<width$}", event.status.as_str(), width = self.status_width));
        let time = event.at.time_of_day();
        let id = printable(&event.logical_id);
        let wide = time.len() + self.status_width + self.type_width + id.chars().count() + 9;
        let line = if self.live && wide > self.columns {
            format!("{time} | {status} | {id}")
        } else {
            let kind = printable(&event.resource_type);
            format!("{time} | {status} | {kind:<width$} | {id}", width = self.type_width)
        };
        self.line(&line);
        if let Some(reason) = &event.reason {
            let width = if self.live { self.columns.saturating_sub(REASON.len()) } else { usize::MAX };
            for line in wrap(&self.told(reason), width) {
                let line = if style == RED { self.styled(RED, &line) } else { line };
                self.line(&format!("{REASON}{line}"));
            }
        }
    }

    /// A line of an instance's output.
    pub fn output(&mut self, instance: &str, text: &str, stub: bool) {
        if !self.shows_output() {
            return;
        }
        let mark = self.styled(DIM, if stub { "~" } else { "|" });
        let text = self.told(text);
        let text = if stub { self.styled(DIM, &text) } else { text };
        self.line(&format!("  {} {mark} {text}", printable(instance)));
    }

    /// Something the rehearsal itself has to say.
    pub fn note(&mut self, text: &str) {
        let text = self.styled(DIM, &self.told(text));
        self.line(&text);
    }

    /// Something that is as it should be with what an instance runs.
    pub fn chat(&mut self, text: &str) {
        if self.shows_output() {
            self.note(text);
        }
    }

    fn shows_output(&self) -> bool {
        self.only.is_empty() || self.only.contains(&Kind::Output)
    }

    /// Something that is probably wrong.
    pub fn warn(&mut self, text: &str) {
        let text = self.styled(YELLOW, &self.told(text));
        self.line(&text);
    }

    /// The end, in green or red.
    pub fn verdict(&mut self, good: bool, text: &str) {
        let style = if good { GREEN } else { RED };
        let text = self.styled(style.bold(), &self.told(text));
        self.line(&text);
    }

    /// A line with a name before it.
    pub fn field(&mut self, name: &str, text: &str) {
        let mut margin = self.styled(BOLD, &format!("{name:<8}"));
        for line in wrap(&self.told(text), self.columns.min(100) - 9) {
            self.line(&format!("{margin} {line}"));
            margin = " ".repeat(8);
        }
    }

    /// A line of somebody's text.
    pub fn text(&mut self, text: &str) {
        self.line(&self.told(text));
    }

    /// A line as it is, but for what could be taken for a command.
    pub fn line(&mut self, line: &str) {
        self.clear();
        let written = writeln!(self.out, "{}", shown::line(line)).and_then(|()| self.out.flush());
        if let Err(error) = written {
            self.lost.get_or_insert(error.kind());
        }
    }

    /// Why it could not all be written, if so. Whoever closed the pipe does not want to know any more; the exit code still tells.
    #[must_use]
    pub fn lost(&self) -> Option<io::ErrorKind> {
        self.lost.filter(|kind| *kind != io::ErrorKind::BrokenPipe)
    }

    /// Says what is waited for: on a terminal all the time, elsewhere when it begins and then rarely.
    pub fn waiting(&mut self, waiting: &[Waiting], now: Moment) {
        let Some(first) = waiting.iter().min_by_key(|it| it.until) else {
            self.clear();
            self.reminded = None;
            return;
        };
        if self.live {
            let line = self.progress.line(waiting, now, self.columns - 1).unwrap_or_default();
            let text = printable(&line);
            if text != self.shown {
                let _ = write!(self.out, "\r\x1b[K{}", self.styled(YELLOW, &text));
                let _ = self.out.flush();
                self.shown = text;
            }
            return;
        }
        let others = match waiting.len() {
            1 => String::new(),
            2 => "; 1 more waits".to_owned(),
            many => format!("; {} more wait", many - 1),
        };
        let wanted = wanted(first);
        let (due, interval) = match &self.reminded {
            Some(last) if last.wanted == wanted => (last.due <= now, last.interval.saturating_mul(2)),
            // Of many that are signalled one after the other, not every one is worth a line.
            Some(last) if waiting.len() > 1 => {
                let many =
                    waiting.len() * 2 <= last.waiting || waiting.len() > last.waiting.saturating_mul(2);
                (many || last.due <= now, FIRST_REMINDER)
            }
            _ => (true, FIRST_REMINDER),
        };
        if due {
            self.note(&format!("{} . {}{others}", now.time_of_day(), sentence(first, now)));
            let due = now.plus(Duration::from_secs(interval));
            self.reminded = Some(Reminder { wanted, waiting: waiting.len(), due, interval });
        }
    }

    /// Removes the live line.
    pub fn clear(&mut self) {
        if !self.shown.is_empty() {
            let _ = write!(self.out, "\r\x1b[K");
            let _ = self.out.flush();
            self.shown.clear();
        }
    }

    /// What somebody said, without secrets.
    fn told(&self, text: &str) -> String {
        printable(&self.secrets.without(text))
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// `Server waits for 1 of 2 signal(s) (1/2 received)`.
fn wanted(it: &Waiting) -> String {
    let missing = it.expected.saturating_sub(it.received);
    let mut text = format!("{} waits for {missing} of {} signal(s)", printable(&it.logical_id), it.expected);
    if it.expected > 1 {
        text.push_str(&format!(" ({}/{} received)", it.received, it.expected));
    }
    text
}

/// The same, since and until when.
fn sentence(it: &Waiting, now: Moment) -> String {
    let (since, until) = (it.since.time_of_day(), it.until.time_of_day());
    format!("{}, since {since} until {until}: {} left", wanted(it), left(it.until, now))
}

/// No escape sequences of a script's or a signal's own making, nothing that nobody sees, and no secrets.
fn printable(text: &str) -> String {
    shown::plain(&redact(text))
}

/// A text without the sequences by which terminals are coloured and moved about (ECMA-48's CSI and OSC).
pub(super) fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = match after.as_bytes().first() {
            Some(b'[') => {
                let end = after.bytes().skip(1).position(|it| (0x40..=0x7e).contains(&it));
                end.and_then(|end| after.get(end + 2..)).unwrap_or_default()
            }
            Some(b']') => {
                after.find(['\u{7}', '\u{1b}']).and_then(|end| after.get(end + 1..)).unwrap_or_default()
            }
            _ => after,
        };
    }
    out.push_str(rest);
    out
}

/// Lines of at most `width` characters, unless a word alone is longer.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
