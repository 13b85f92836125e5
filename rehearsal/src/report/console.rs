//! Lines on a terminal or in a log.

use std::env;
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::phase::{Phase, Tone};
use super::redact::redact;
use crate::moment::{Moment, spoken};
use crate::shown;
use crate::stack::{Event, STACK_TYPE, Waiting};

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

/// Where a rehearsal's lines go.
pub struct Console {
    out: Box<dyn Write>,
    /// Whether a line may be overwritten.
    live: bool,
    colour: bool,
    columns: usize,
    /// The live line that is on the screen.
    shown: String,
    type_width: usize,
    status_width: usize,
    /// What the last plain line said was waited for, and when the next is due.
    reminded: Option<(String, Moment, u64)>,
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
            live: terminal && !dumb,
            colour: (terminal && !dumb || forced) && !no_colour,
            columns,
            shown: String::new(),
            type_width: STACK_TYPE.len(),
            status_width: "CREATE_IN_PROGRESS".len() + 2,
            reminded: None,
        }
    }

    /// Makes the types' column as wide as the longest of them.
    pub fn fit<'a>(&mut self, types: impl Iterator<Item = &'a str>) {
        self.type_width = types.map(str::len).chain([self.type_width]).max().unwrap_or_default();
    }

    /// An event in the shape that deployment tools show: `time | status | type | logical id`, its reason below.
    ///
    /// Each resource has a second event when it gets its physical id; those tell nobody anything.
    pub fn event(&mut self, event: &Event) {
        if event.reason.as_deref() == Some("Resource creation Initiated") {
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
            for line in wrap(&printable(reason), width) {
                let line = if style == RED { self.styled(RED, &line) } else { line };
                self.line(&format!("{REASON}{line}"));
            }
        }
    }

    /// A line of an instance's output.
    pub fn output(&mut self, instance: &str, text: &str, stub: bool) {
        let mark = self.styled(DIM, if stub { "~" } else { "|" });
        let text = printable(text);
        let text = if stub { self.styled(DIM, &text) } else { text };
        self.line(&format!("  {} {mark} {text}", printable(instance)));
    }

    /// Something the rehearsal itself has to say.
    pub fn note(&mut self, text: &str) {
        let text = self.styled(DIM, &printable(text));
        self.line(&text);
    }

    /// Something that is probably wrong.
    pub fn warn(&mut self, text: &str) {
        let text = self.styled(YELLOW, &printable(text));
        self.line(&text);
    }

    /// The end, in green or red.
    pub fn verdict(&mut self, good: bool, text: &str) {
        let style = if good { GREEN } else { RED };
        let text = self.styled(style.bold(), &printable(text));
        self.line(&text);
    }

    /// A line with a name before it.
    pub fn field(&mut self, name: &str, text: &str) {
        let mut margin = self.styled(BOLD, &format!("{name:<8}"));
        for line in wrap(&printable(text), self.columns.min(100) - 9) {
            self.line(&format!("{margin} {line}"));
            margin = " ".repeat(8);
        }
    }

    /// A line of somebody's text.
    pub fn text(&mut self, text: &str) {
        self.line(&printable(text));
    }

    /// A line as it is, but for what could be taken for a command.
    pub fn line(&mut self, line: &str) {
        self.clear();
        // Whoever closed the pipe does not want to know any more; the exit code still tells.
        let _ = writeln!(self.out, "{}", shown::line(line));
        let _ = self.out.flush();
    }

    /// Says what is waited for: on a terminal all the time, elsewhere when it begins and then rarely.
    pub fn waiting(&mut self, waiting: &[Waiting], now: Moment) {
        let Some(first) = waiting.iter().min_by_key(|it| it.until) else {
            self.clear();
            self.reminded = None;
            return;
        };
        let others = match waiting.len() {
            1 => String::new(),
            2 => "; 1 more waits".to_owned(),
            many => format!("; {} more wait", many - 1),
        };
        let missing = first.expected.saturating_sub(first.received);
        let id = printable(&first.logical_id);
        let mut wanted = format!("{id} waits for {missing} of {} signal(s)", first.expected);
        if first.expected > 1 {
            wanted.push_str(&format!(" ({}/{} received)", first.received, first.expected));
        }
        let span = format!("since {} until {}", first.since.time_of_day(), first.until.time_of_day());
        let left = spoken(Duration::from_secs(first.until.since(now).as_secs_f64().ceil() as u64));
        if self.live {
            let text: String =
                format!("{wanted}, {span}: {left} left{others}").chars().take(self.columns - 1).collect();
            if text != self.shown {
                let _ = write!(self.out, "\r\x1b[K{}", self.styled(YELLOW, &text));
                let _ = self.out.flush();
                self.shown = text;
            }
            return;
        }
        let (due, interval) = match &self.reminded {
            Some((last, due, interval)) if *last == wanted => (*due <= now, interval.saturating_mul(2)),
            _ => (true, FIRST_REMINDER),
        };
        if due {
            let next = now.plus(Duration::from_secs(interval));
            self.note(&format!("{} . {wanted}, {span}: {left} left{others}", now.time_of_day()));
            self.reminded = Some((wanted, next, interval));
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

    fn styled(&self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
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
