//! Why it failed, as it is read: in a column of a table, mostly, and in a hurry.

use std::time::Duration;

use regex_lite::Regex;

use super::arguments::Arguments;
use super::child::Said;
use super::ending::Ending;
use crate::cli::concealed::{conceal, without_keys};

/// What CloudFormation shows of a reason, in bytes.
const MOST: usize = 1_000;
/// Of the command itself.
const MOST_OF_COMMAND: usize = 80;
/// Stands where a pattern of `--mask` was.
const MASKED: &str = "****";
/// Words of lines that say what went wrong.
const COMPLAINTS: [&str; 10] =
    ["error", "fail", "fatal", "cannot", "could not", "denied", "not found", "no such", "unable", "refused"];

/// Commands of scripts that end, whatever has failed.
const ASIDE: [&str; 15] = [
    ":", "cleanup", "declare", "echo", "exit", "kill", "local", "logger", "printf", "return", "rm", "rmdir",
    "set", "trap", "umount",
];

/// Of those the ones that say what they are given, or end the script.
const SPEAKS: [&str; 6] = ["cleanup", "echo", "exit", "logger", "printf", "return"];

/// The parts of a reason.
#[derive(Debug)]
pub(super) struct Reason {
    /// Its parts, the most telling first.
    parts: Vec<String>,
    /// The last lines of standard error.
    tail: Vec<String>,
}

impl Reason {
    /// Of what became of the command.
    pub(super) fn of(ending: &Ending, said: &Said, took: Duration, arguments: &Arguments) -> Self {
        let hide = |text: &str| hidden(text, &arguments.mask);
        let took = match took.as_secs() {
            0 => String::new(),
            seconds => format!(" ({})", humantime::format_duration(Duration::from_secs(seconds))),
        };
        let command = cut(&hide(&arguments.written()), MOST_OF_COMMAND);
        let ended = format!("{command} {}{took}", ending.told());
        let mut parts: Vec<String> = arguments.options.reason.iter().map(|said| hide(said)).collect();
        let note = said.note.as_deref();
        if ending.is_success(&arguments.success_exit_codes) {
            parts.extend(note.map(hide));
            parts.push(ended);
            return Self { parts, tail: Vec::new() };
        }
        let mut tail = without_keys(&said.last_lines);
        match note {
            Some(note) => parts.push(hide(note)),
            // What `set -x` wrote last is the step that failed.
            None => parts.extend(take_step(&mut tail).map(|step| hide(&step))),
        }
        if let Some(complaint) = take_complaint(&mut tail) {
            parts.push(hide(&complaint));
        }
        parts.push(ended);
        // What is not shown need not be looked through.
        let mut room = 4 * MOST;
        tail.retain(|line| {
            let shown = room > 0;
            room = room.saturating_sub(line.len());
            shown
        });
        Self { parts, tail: tail.iter().map(|line| hide(line)).collect() }
    }

    /// All of it that is shown, on one line.
    pub(super) fn full(&self) -> String {
        let mut text = self.parts.join("; ");
        if !self.tail.is_empty() {
            text.push_str(" | ");
            text.push_str(&self.tail.join(" | "));
        }
        within(&text)
    }
}

/// As much of a reason as is shown, on one line.
pub(super) fn within(text: &str) -> String {
    cut(&text.replace(char::is_control, " "), MOST)
}

/// The command in a line that `set -x` wrote: `+ dnf install -y nginx`.
fn step(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('+');
    (rest.len() < line.len()).then(|| rest.strip_prefix(' '))?.filter(|step| !step.is_empty())
}

/// Whether a step is what scripts do once another has failed: they set a variable, tidy up and exit.
fn is_aside(step: &str) -> bool {
    is_setting(step) || ASIDE.contains(&first_word(step))
}

fn first_word(step: &str) -> &str {
    step.split(' ').next().unwrap_or_default()
}

/// A variable is set, and nothing is run: `token=`, `msg='it broke'`.
fn is_setting(step: &str) -> bool {
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let Some((_, value)) = step.split_once('=').filter(|(name, _)| is_name(name)) else { return false };
    match value.strip_prefix('\'') {
        // As `set -x` quotes: a quote within is written outside of the quotes.
        Some(rest) => {
            rest.replace("'\\''", "").find('\'').is_some_and(|end| end + 1 == rest.replace("'\\''", "").len())
        }
        None => !value.contains(' '),
    }
}

/// The last step, with the line that tells of it; not what comes once it has failed, unless that fails too, and complains.
fn take_step(tail: &mut Vec<String>) -> Option<String> {
    let steps = || tail.iter().enumerate().rev().filter_map(|(at, line)| Some((at, step(line)?)));
    // What follows those that speak is what they say, and theirs is no complaint.
    let fails = |at: usize| {
        let said = tail.iter().skip(at + 1).take_while(|line| is_said(line));
        said.clone().any(|line| complains(line))
    };
    let mut told = steps().filter(|(at, step)| {
        !is_aside(step) || (!SPEAKS.contains(&first_word(step)) && !is_setting(step) && fails(*at))
    });
    let at = told.next().or_else(|| steps().next())?.0;
    let line = tail.remove(at);
    step(&line).map(|step| format!("{step} failed"))
}

fn complains(line: &str) -> bool {
    let line = line.to_lowercase();
    COMPLAINTS.iter().any(|word| line.contains(word))
}

/// Whether a line is not `set -x`'s own.
fn is_said(line: &str) -> bool {
    step(line).is_none()
}

/// The last line that complains, else the last that is not `set -x`'s own.
fn take_complaint(tail: &mut Vec<String>) -> Option<String> {
    let last = tail.iter().rposition(|line| is_said(line) && complains(line));
    Some(tail.remove(last.or_else(|| tail.iter().rposition(|line| is_said(line)))?))
}

/// Without secrets that can be told by their form, and without what the user names.
pub(super) fn hidden(text: &str, mask: &[Regex]) -> String {
    let masked =
        mask.iter().fold(text.to_owned(), |text, pattern| pattern.replace_all(&text, MASKED).into_owned());
    conceal(&masked)
}

/// At most so many bytes, between characters.
fn cut(text: &str, most: usize) -> String {
    const ELLIPSIS: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(ELLIPSIS.len()));
    format!("{}{ELLIPSIS}", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{cut, hidden, step, take_complaint, take_step};

    #[test]
    fn a_step_is_what_set_x_wrote() {
        assert_eq!(step("+ dnf install"), Some("dnf install"));
        assert_eq!(step("+++ dnf install"), Some("dnf install"));
        assert_eq!(step("+1 is a number"), None);
        assert_eq!(step("dnf install"), None);
    }

    #[test]
    fn the_step_that_failed_is_told_once() {
        let mut tail = ["+ dnf install nginx", "+ nginx -t", "no such file"].map(str::to_owned).to_vec();
        assert_eq!(take_step(&mut tail).as_deref(), Some("nginx -t failed"));
        assert_eq!(tail, ["+ dnf install nginx", "no such file"]);
        assert_eq!(take_step(&mut vec!["no step".to_owned()]), None);
    }

    #[test]
    fn what_a_script_does_once_a_step_has_failed_is_none() {
        for (lines, told) in [
            (&["+ dnf install nginx", "Error: no route", "+ rm -rf /tmp/x"][..], "dnf install nginx"),
            (&["+ test -f /etc/x", "+ echo sorry", "sorry", "+ exit 1"], "test -f /etc/x"),
            (&["++ curl -f http://h/", "curl: (22) error: 404", "+ token="], "curl -f http://h/"),
            (&["+ cd /opt", "+ status=1", "+ return 1"], "cd /opt"),
            (
                &[
                    "+ ls /none",
                    "ls: cannot access",
                    "+ echo 'error: listing failed'",
                    "error: listing failed",
                    "+ exit 1",
                ],
                "ls /none",
            ),
            (
                &[
                    "+ make all",
                    "+ die 'it broke'",
                    "+ echo 'fatal: it broke'",
                    "fatal: it broke",
                    "+ exit 1",
                ],
                "die 'it broke'",
            ),
            (
                &[
                    "+ cd /opt",
                    "error: no such folder",
                    "+ msg='it broke'",
                    "+ rm -f /tmp/x",
                    "+ echo 'it failed'",
                ],
                "cd /opt",
            ),
            (&["+ cd /opt", "+ msg='it'\\''s broken'", "+ exit 1"], "cd /opt"),
            // These fail themselves.
            (&["+ cd /opt", "+ A='x y' make all"], "A='x y' make all"),
            (&["+ cd /opt", "+ rm x", "rm: cannot remove 'x'"], "rm x"),
            (&["+ cd /opt", "+ A=1 make all"], "A=1 make all"),
            (&["+ exit 3"], "exit 3"),
        ] {
            let mut tail: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(take_step(&mut tail), Some(format!("{told} failed")), "{lines:?}");
        }
    }

    #[test]
    fn a_complaint_goes_before_what_came_after_it() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let mut tail = lines(&["begin", "Error: no space", "cleaning up", "+ exit 1"]);
        assert_eq!(take_complaint(&mut tail), Some("Error: no space".to_owned()));
        assert_eq!(tail, ["begin", "cleaning up", "+ exit 1"]);
        assert_eq!(take_complaint(&mut lines(&["begin", "end", "+ x"])), Some("end".to_owned()));
        assert_eq!(take_complaint(&mut lines(&["+ x"])), None);
        assert_eq!(take_complaint(&mut Vec::new()), None);
    }

    #[test]
    fn what_is_named_is_masked_and_secrets_are_hidden() -> Result<(), regex_lite::Error> {
        let mask = [regex_lite::Regex::new("hunter[0-9]")?];
        assert_eq!(hidden("password is hunter2, yes", &mask), "password is ****, yes");
        let url = "curl https://b.s3.amazonaws.com/x?X-Amz-Signature=abc";
        assert!(!hidden(url, &[]).contains("abc"));
        Ok(())
    }

    #[test]
    fn it_is_cut_between_characters() {
        assert_eq!(cut("short", 9), "short");
        assert_eq!(cut("ééééé", 8), "éé…");
        assert_eq!(cut("ééééé", 8).len(), 7);
    }
}
