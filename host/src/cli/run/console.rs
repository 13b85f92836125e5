//! The reason on the instance's console, where it can be read when the instance is gone: `aws ec2 get-console-output`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use cfn_signal_command_line::Options;
use serde::Serialize;

/// Where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Console {
    /// Nowhere.
    Off,
    /// On `/dev/console`, if that can be written to.
    Own,
    /// Into this file or device.
    At(PathBuf),
}

impl Console {
    /// What was typed of it.
    pub(in crate::cli) fn typed(text: Option<&str>) -> Self {
        match text {
            None => Self::Own,
            Some("off") => Self::Off,
            Some(path) => Self::At(PathBuf::from(path)),
        }
    }
}

/// One line: `cfn-signal: ` and this as JSON.
#[derive(Serialize)]
struct Line<'a> {
    status: &'a str,
    stack: Option<&'a str>,
    resource: Option<&'a str>,
    reason: &'a str,
}

/// Writes it, if there is somewhere to.
pub(in crate::cli) fn write(console: &Console, options: &Options, reason: &str) {
    let (path, must) = match console {
        Console::Off => return,
        Console::Own => (PathBuf::from("/dev/console"), false),
        Console::At(path) => (path.clone(), true),
    };
    let line = Line {
        status: options.status().name(),
        stack: options.stack.as_deref(),
        resource: options.resource.as_deref(),
        reason,
    };
    // Strings only: there is nothing that could not be written.
    let json = serde_json::to_string(&line).unwrap_or_default();
    let mut file = OpenOptions::new();
    file.append(true).create(must);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut file, flags());
    let written =
        file.open(&path).and_then(|mut file| file.write_all(format!("cfn-signal: {json}\n").as_bytes()));
    match written {
        Ok(()) => {}
        Err(error) if must => {
            let line = format!("the reason cannot be written to {}: {error}", path.display());
            cfn_signal_command_line::note(options, &line);
        }
        Err(error) => tracing::info!(%error, "no console to write the reason to"),
    }
}

/// A terminal that is opened does not become this process's own, and one that takes nothing is not waited for.
#[cfg(unix)]
fn flags() -> i32 {
    let flags = rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NONBLOCK;
    i32::try_from(flags.bits()).unwrap_or(0)
}
