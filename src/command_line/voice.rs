//! What is said on standard error and written on standard output.

use std::io::{self, Write as _};

/// How it is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One line each.
    #[default]
    Text,
    /// One JSON object each.
    Json,
}

/// Who speaks to the user.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Voice(pub(super) Format);

impl Voice {
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
