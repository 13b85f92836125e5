//! The log, on standard error.

use std::io::{self, Write};

use cfn_signal_command_line::{Format, conceal_secrets};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

/// Begins to log: nothing of other crates, whose events may hold what we would not say.
pub(super) fn begin(format: Format, verbosity: u8) {
    let level = match verbosity {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    // Of this crate, and of the component's, whose name begins with it.
    let ours = Targets::new().with_target("cfn_signal", level);
    // Only the first subscriber of a process counts, and there is no other.
    let _installed = match format {
        Format::Json => {
            registry().with(fmt::layer().json().with_writer(|| Concealed).with_filter(ours)).try_init()
        }
        _ if verbosity == 0 => Ok(()),
        _ => registry()
            .with(fmt::layer().with_writer(|| Concealed).with_ansi(false).with_filter(ours))
            .try_init(),
    };
}

/// Standard error, for whole lines: what was typed in a wrong place is not shown.
struct Concealed;

impl Write for Concealed {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let shown = conceal_secrets(&String::from_utf8_lossy(line));
        io::stderr().lock().write_all(shown.as_bytes()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}
