//! What is said on standard error and written on standard output.

use std::io::{self, Write as _};

use super::conceal::conceal;
use super::exit;

/// How it is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
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
            Format::Json => tracing::warn!("{}", conceal(text)),
        }
    }

    /// Why it failed; the last word.
    pub(super) fn failure(self, text: &str) {
        match self.0 {
            Format::Text => line(&flat(text)),
            Format::Json => tracing::error!("{}", conceal(text)),
        }
    }
}

/// One line, whatever an argument or an answer in it holds: a terminal obeys control characters, and a log is read by many.
pub(super) fn flat(text: &str) -> String {
    conceal(text).replace(|c: char| c.is_control(), " ")
}

/// A line on standard error; if that is closed there is nobody to tell.
pub fn line(text: &str) {
    let _unheard = writeln!(io::stderr().lock(), "{text}");
}

/// Text on standard output; a closed pipe must not end a delivery with a panic, and who closed it wants no more. Where it cannot be
/// written, as on a full disk, that is said, and it is false. Nothing else empties the buffer where a program ends by
/// `wasi:cli/exit`, or is not one of the standard library's.
pub fn out(text: &str) -> bool {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            line(&format!("cfn-signal: standard output cannot be written: {error}"));
            false
        }
        _ => true,
    }
}

/// Prints what was asked for, and has nothing to do but that; returns the exit code.
pub fn print(text: &str) -> u8 {
    if out(text) { 0 } else { exit::REFUSED }
}

#[cfg(test)]
mod tests {
    use super::flat;

    #[test]
    fn a_line_stays_one_and_moves_no_cursor() {
        assert_eq!(flat("tag\r\nINFO forged\u{1b}[2K\u{9b}1A é"), "tag  INFO forged [2K 1A é");
    }
}
