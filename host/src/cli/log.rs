//! What is said on standard error.

use std::io::{self, Write as _};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// One line each.
    #[default]
    Text,
    /// One JSON object each.
    Json,
}

/// Who speaks to the user.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Voice(Format);

impl Voice {
    /// Begins to log: nothing of other crates, whose events may hold what we would not say.
    pub(super) fn new(format: Format, verbosity: u8) -> Self {
        let level = match verbosity {
            0 => LevelFilter::WARN,
            1 => LevelFilter::INFO,
            _ => LevelFilter::DEBUG,
        };
        let ours = Targets::new().with_target("cfn_signal", level);
        // Only the first subscriber of a process counts, and there is no other.
        let _installed = match format {
            Format::Text if verbosity == 0 => Ok(()),
            Format::Text => registry()
                .with(fmt::layer().with_writer(io::stderr).with_ansi(false).with_filter(ours))
                .try_init(),
            Format::Json => {
                registry().with(fmt::layer().json().with_writer(io::stderr).with_filter(ours)).try_init()
            }
        };
        Self(format)
    }

    /// Something to know, whatever the verbosity.
    pub(super) fn note(self, text: &str) {
        match self.0 {
            Format::Text => line(&format!("cfn-signal: {}", flat(text))),
            Format::Json => tracing::warn!("{text}"),
        }
    }

    /// Why it failed; the last word.
    pub(super) fn failure(self, text: &str) {
        match self.0 {
            Format::Text => line(&flat(text)),
            Format::Json => tracing::error!("{text}"),
        }
    }
}

/// One line, whatever an argument or an answer in it holds: a terminal obeys control characters.
fn flat(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

/// A line on standard error; if that is closed there is nobody to tell.
pub(super) fn line(text: &str) {
    let _unheard = writeln!(io::stderr().lock(), "{text}");
}

/// Text on standard output; a closed pipe must not end a delivery with a panic.
pub(super) fn out(text: &str) {
    let _unheard = write!(io::stdout().lock(), "{text}");
}
