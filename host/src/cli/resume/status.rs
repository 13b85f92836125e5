//! `cfn-signal resume --status`.

use std::time::Duration;

use cfn_signal_command_line::{Options, print};
use serde::Serialize;

use crate::cli::journal::{Found, Machine, Record, State};

/// One line of it.
#[derive(Serialize)]
struct Line {
    what: String,
    state: State,
    /// Of the signal, in AWS's word; none while its command runs.
    status: Option<&'static str>,
    /// The last one's name.
    outcome: Option<String>,
    age_seconds: u64,
    /// Whether it is another machine's.
    foreign: bool,
}

/// Says what is in the journal; returns the exit code.
pub(super) fn tell(found: &[Found], nothing: &str, options: &Options) -> u8 {
    let this = Machine::this();
    let lines: Vec<Line> =
        found.iter().filter_map(Found::record).map(|record| Line::of(record, &this)).collect();
    let text = if options.json {
        // Strings and numbers only: there is nothing that could not be written.
        format!("{}\n", serde_json::to_string(&lines).unwrap_or_default())
    } else if lines.is_empty() {
        format!("{nothing}\n")
    } else {
        lines.iter().map(|line| format!("{}\n", line.text())).collect()
    };
    print(&text)
}

impl Line {
    fn of(record: &Record, this: &Machine) -> Self {
        Self {
            what: record.names.to_string(),
            state: record.state,
            status: (record.state != State::Running).then(|| record.order.status()),
            outcome: record.outcome.clone(),
            age_seconds: record.age().as_secs(),
            foreign: record.machine.is_another_than(this),
        }
    }

    fn text(&self) -> String {
        let state = match self.state {
            State::Running => "running  ",
            State::Prepared => "prepared ",
            State::Sent => "sent     ",
            State::Confirmed => "confirmed",
            State::Refused => "refused  ",
        };
        let what = &self.what;
        let status = self.status.unwrap_or("a command");
        let outcome = self.outcome.as_deref().map(|it| format!(", {it}")).unwrap_or_default();
        let age = humantime::format_duration(Duration::from_secs(self.age_seconds));
        let foreign = if self.foreign { ", of another machine" } else { "" };
        format!("{state}  {what}: {status}, {age} ago{outcome}{foreign}")
    }
}
