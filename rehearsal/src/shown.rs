//! Texts of others, made fit for a terminal, a log and a page: nothing in them moves the cursor, turns the direction of
//! the text around or hides from whoever reads it, and nothing is taken for a command by what reads the log.

use std::borrow::Cow;
use std::io::{self, Write as _};

use cfn_signal_core::delivery::is_invisible;

/// Controls and what cannot be seen become blanks, but for tabs.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|it| if is_invisible(it) && it != '\t' { ' ' } else { it }).collect()
}

/// On one line, with controls and what cannot be seen spelt out as in Rust: for names of files and errors that have them,
/// where it matters what stands there.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_invisible(letter) {
            escaped.extend(letter.escape_debug());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// A line that is no command to GitHub Actions, whose runners read them from any step's output: a line that begins with
/// `::`, whatever blanks are before it, or has `##[` in it.
///
/// Source: <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>, and how the runner parses.
pub(crate) fn line(line: &str) -> Cow<'_, str> {
    let text = line.trim_start();
    let (blanks, _) = line.split_at(line.len() - text.len());
    if !text.starts_with("::") && !text.contains("##[") {
        return Cow::Borrowed(line);
    }
    let mark = if text.starts_with("::") { "\\" } else { "" };
    Cow::Owned(format!("{blanks}{mark}{}", text.replace("##[", "#\\#[")))
}

/// A line on standard error; if that is closed there is nobody to tell.
pub(crate) fn on_stderr(line: &str) {
    let _unheard = writeln!(io::stderr().lock(), "{line}");
}

/// JSON that is no such command and has nothing hidden in it, and means the same: in its strings everything may be an
/// escape, and outside them there is nothing of the kind.
pub(crate) fn json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.replace("##[", "#\\u0023[").chars() {
        if is_invisible(letter) && letter != '\n' {
            let mut units = [0; 2];
            shown.extend(letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests;
