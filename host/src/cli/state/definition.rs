//! The option `--state-dir`.

use clap::Arg;

/// Of the journal.
pub(in crate::cli) const JOURNAL: &str = if cfg!(windows) {
    r"Where the journal is kept, or `off` [default: %LOCALAPPDATA%\cfn-signal]"
} else {
    "Where the journal is kept, or `off` [default: /var/lib/cfn-signal, if it can be written to]"
};

/// Of what is armed, too.
pub(in crate::cli) const ALL: &str = if cfg!(windows) {
    r"Where the journal and what is armed are kept, or `off` for no journal [default: %LOCALAPPDATA%\cfn-signal]"
} else {
    "Where the journal and what is armed are kept, or `off` for no journal [default: /var/lib/cfn-signal if it can be \
     written to; what is armed in /run/cfn-signal]"
};

/// The option of a part, with its help.
pub(in crate::cli) fn arg(help: &'static str) -> Arg {
    Arg::new("state-dir").long("state-dir").value_name("FOLDER").help(help)
}
