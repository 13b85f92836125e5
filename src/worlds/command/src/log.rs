//! The log, on standard error: the fields that `tracing-subscriber` writes, in a tenth of its size, which is a third of the
//! component's.

use std::fmt::Debug;
use std::io::{self, Write as _};

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event, Level, Metadata, Subscriber};

use cfn_signal_command_line::{Format, conceal_secrets};

/// Begins to log, nothing of other crates.
pub(super) fn begin(format: Format, verbosity: u8) {
    let level = match verbosity {
        0 => Level::WARN,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    if format == Format::Json || verbosity > 0 {
        // Only the first subscriber of a process counts, and there is no other.
        let _installed = set_global_default(Log { format, level });
    }
}

struct Log {
    format: Format,
    level: Level,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level && metadata.target().starts_with("cfn_signal")
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (level, target) = (event.metadata().level().as_str(), event.metadata().target());
        let line = match self.format {
            // Strings and numbers only: there is nothing that could not be written.
            Format::Json => serde_json::to_string(&Line { timestamp: timestamp(), level, fields, target })
                .unwrap_or_default(),
            _ => format!("{level:>5} {target}:{}", printable(&fields.text())),
        };
        let _unheard = writeln!(io::stderr().lock(), "{}", conceal_secrets(&line));
    }

    // Nothing here has spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event as a JSON object.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    fields: Fields,
    target: &'a str,
}

/// An event's fields, its message among them.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(u64),
}

impl Fields {
    /// The message, then the rest with their names.
    fn text(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            text.push(' ');
            if *name != "message" {
                text.push_str(name);
                text.push('=');
            }
            match value {
                Value::Text(value) => text.push_str(value),
                Value::Number(value) => text.push_str(&value.to_string()),
            }
        }
        text
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), Value::Text(value.to_owned())));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), Value::Number(value)));
    }

    /// There are none, and the code that writes one is large.
    fn record_f64(&mut self, _: &Field, _: f64) {}

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), Value::Text(format!("{value:?}"))));
    }
}

/// On one line: a terminal obeys control characters.
fn printable(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

/// RFC 3339.
fn timestamp() -> String {
    let now = OffsetDateTime::now_utc();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second(),
        now.microsecond()
    )
}
