//! `cfn-signal arm --status`.

use std::time::Duration;

use cfn_signal_command_line::{Options, exit, out};
use serde::Serialize;

use super::folder::{Folder, is_watched};

/// Where that is so.
pub(super) const NOTHING: &str = "nothing is armed";

/// One that is armed, or was.
#[derive(Serialize)]
struct Armed {
    what: String,
    /// `armed`, `unwatched` or `fired`.
    state: &'static str,
    seconds_left: Option<u64>,
    /// Of the signal that was sent.
    exit_code: Option<u8>,
}

/// Says what is armed; returns the exit code, which is 1 where nobody watches one of them any more.
pub(super) fn tell(folders: &[Folder], options: &Options) -> Result<u8, String> {
    let records = folders.iter().flat_map(Folder::records);
    let armed: Vec<Armed> = records
        .map(|(path, record)| Armed {
            what: record.names.to_string(),
            state: match record.fired {
                Some(_) => "fired",
                None if is_watched(&path) => "armed",
                None => "unwatched",
            },
            seconds_left: record.fired.is_none().then(|| record.left().as_secs()),
            exit_code: record.fired,
        })
        .collect();
    let text = if options.json {
        // Strings and numbers only: there is nothing that could not be written.
        format!("{}\n", serde_json::to_string(&armed).unwrap_or_default())
    } else if armed.is_empty() {
        format!("{NOTHING}\n")
    } else {
        armed.iter().map(|armed| format!("{}\n", line(armed))).collect()
    };
    if !out(&text) {
        return Ok(exit::REFUSED);
    }
    Ok(u8::from(armed.iter().any(|armed| armed.state == "unwatched")))
}

fn line(armed: &Armed) -> String {
    let what = &armed.what;
    let left = humantime::format_duration(Duration::from_secs(armed.seconds_left.unwrap_or_default()));
    match (armed.state, armed.exit_code) {
        (_, Some(0)) => format!("fired      {what}: the failure was signalled"),
        (_, Some(code)) => {
            format!("fired      {what}: the failure could not be signalled (exit code {code})")
        }
        ("armed", _) => format!("armed      {what}: failure in {left}"),
        _ => format!("unwatched  {what}: its watcher has died: arm it again"),
    }
}
