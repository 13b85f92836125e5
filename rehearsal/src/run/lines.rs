//! Output, line by line.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc::Sender;

use super::process::Process;
use crate::secrets::Secrets;

/// Bytes of a line that are shown as one, or a few more.
pub(super) const MAX_LINE: usize = 4096;

/// Bytes that a word may have and not be cut.
const LONGEST_WORD: usize = 1024;

/// How long the last lines of a script that has ended are waited for.
pub(super) const LAST_LINES: Duration = Duration::from_millis(500);

/// Lines that wait to be shown; a script that is faster waits for its pipe, as it would for any slow reader.
pub const LINES_AHEAD: usize = 256;

/// Sends what a process writes to either stream.
pub(super) fn read(process: &mut Process, lines: &Sender<String>, secrets: &Secrets) {
    for output in process.outputs.drain(..) {
        tokio::spawn(read_lines(output, lines.clone(), secrets.clone()));
    }
}

async fn read_lines(mut from: impl AsyncRead + Unpin, lines: Sender<String>, secrets: Secrets) {
    let mut pending = Vec::new();
    let mut buffer = vec![0; MAX_LINE];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        pending.extend_from_slice(buffer.get(..read).unwrap_or_default());
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let rest = pending.split_off(end + 1);
            pending.truncate(end);
            let line = String::from_utf8_lossy(&pending).trim_end_matches('\r').to_owned();
            let _ = lines.send(line).await;
            pending = rest;
        }
        if read == 0 {
            if !pending.is_empty() {
                let _ = lines.send(String::from_utf8_lossy(&pending).into_owned()).await;
            }
            return;
        }
        if let Some(part) = part(&mut pending, &secrets) {
            let _ = lines.send(part).await;
        }
    }
}

/// What can be shown of a line that is too long to wait for its end. What is hidden would be shown if it were cut in two, so
/// as much of the line stays as could be the beginning of it.
fn part(pending: &mut Vec<u8>, secrets: &Secrets) -> Option<String> {
    let kept = secrets.longest().saturating_sub(1).max(LONGEST_WORD);
    if pending.len() < MAX_LINE + kept {
        return None;
    }
    let whole = match std::str::from_utf8(pending) {
        // The rest of the last character is still to come.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => pending.len(),
    };
    let rest = pending.split_off(whole);
    let text = secrets.without(&String::from_utf8_lossy(pending)).into_owned();
    let most = text.floor_char_boundary(text.len().saturating_sub(kept));
    let (begun, _) = text.split_at(most);
    // And rather between words, for a name says of what follows it whether that is a secret.
    let from = text.floor_char_boundary(most.saturating_sub(LONGEST_WORD));
    let space = begun.get(from..).and_then(|it| it.rfind(is_between)).map(|it| from + it);
    let (shown, left) = text.split_at(space.unwrap_or(most));
    *pending = [left.as_bytes(), &rest].concat();
    Some(shown.to_owned())
}

fn is_between(it: char) -> bool {
    it.is_whitespace() || it == ',' || it == '&'
}

#[cfg(test)]
mod tests;
