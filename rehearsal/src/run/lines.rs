//! Output, line by line.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Child;
use tokio::sync::mpsc::Sender;

/// Bytes of a line that are shown as one.
pub(super) const MAX_LINE: usize = 4096;

/// How long the last lines of a script that has ended are waited for.
pub(super) const LAST_LINES: Duration = Duration::from_millis(500);

/// Lines that wait to be shown; a script that is faster waits for its pipe, as it would for any slow reader.
pub const LINES_AHEAD: usize = 256;

/// Sends what a child writes to either stream.
pub(super) fn read(child: &mut Child, lines: &Sender<String>) {
    if let Some(output) = child.stdout.take() {
        tokio::spawn(read_lines(output, lines.clone()));
    }
    if let Some(output) = child.stderr.take() {
        tokio::spawn(read_lines(output, lines.clone()));
    }
}

async fn read_lines(mut from: impl AsyncRead + Unpin, lines: Sender<String>) {
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
        if (read == 0 || pending.len() >= MAX_LINE) && !pending.is_empty() {
            let _ = lines.send(String::from_utf8_lossy(&pending).into_owned()).await;
            pending.clear();
        }
        if read == 0 {
            return;
        }
    }
}
