//! The arguments.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::faults::FaultArguments;
use crate::clock::{ClockKind, Speed};
use crate::rehearsal::Options;

/// Rehearses a CloudFormation stack's signals on this machine.
///
/// Reads a template, waits for signals as CloudFormation would, and says what the stack would have done.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the instances' user data, and say what the stack makes of its signals
    ///
    /// Scripts really run, as you and on this machine; cfn-signal in them reaches the rehearsal only.
    ///
    /// Exit status: 0 the stack is complete, 1 it rolls back, 2 nothing could be rehearsed, 130 interrupted.
    Run(Run),
    /// Wait for signals from anywhere on this machine, running nothing unless told to (--run)
    ///
    /// Clients of the API (cdk deploy, aws cloudformation deploy, …) can make, update and delete further stacks: --env prints
    /// what leads them here.
    /// GET /_rehearsal/instances lists the instances that run: their ids, and where each has its metadata.
    ///
    /// It answers until it is interrupted or, with --once, until the stack's fate is decided.
    ///
    /// Exit status: 0 the stack is complete or there was none to wait for, 1 it rolls back, 2 nothing could be
    /// rehearsed, 130 interrupted before its fate.
    Serve(Serve),
    /// List the faults on demand: what --fault, --fault-file and the control endpoint take
    Faults,
    /// Look for mistakes that cost a timeout, without running anything
    ///
    /// One template that cannot be read does not keep the others from being looked at. Files are changed by --fix only.
    ///
    /// Exit status: 0 no findings, 1 findings, 2 something cannot be read, whatever is found besides; it is told on standard
    /// error and in every output but text.
    Lint(super::lint::Lint),
    /// Hold a rehearsal against the events of a stack that was real
    ///
    /// Plays the signals that the log tells of at their times, and shows where the rehearsal's events differ in order,
    /// status or reason. Ids, times and made-up names do not count, nor how fast resources are that wait for nothing.
    ///
    /// Exit status: 0 the same, 1 different, 2 not comparable: the line says why.
    Compare(super::compare::Compare),
    /// Print a template's parameters as a file to be filled in, which --params takes
    Params(super::params::Params),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages to a folder
    Man {
        /// The folder; it has to be there
        folder: PathBuf,
    },
}

/// How time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ClockChoice {
    /// A timeout takes as long as it says
    Real,
    /// Real while anything can still happen, then straight to the next timeout
    Virtual,
}

impl From<ClockChoice> for ClockKind {
    fn from(choice: ClockChoice) -> Self {
        match choice {
            ClockChoice::Real => Self::Real,
            ClockChoice::Virtual => Self::Virtual,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Stacked {
    #[command(flatten)]
    pub(super) values: super::values::ValueArguments,
    #[command(flatten)]
    pub(super) names: super::named::NameArguments,
    /// Where to listen: a loopback address, port 0 for any
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// Deny an action, such as SignalResource, to whoever calls with keys, as IAM would; may be repeated
    #[arg(long = "deny", value_name = "ACTION", value_parser = action)]
    pub(super) denied: Vec<String>,
    #[command(flatten)]
    pub(super) scaling: super::scaling::ScalingArguments,
    #[command(flatten)]
    pub(super) templates: super::template_dir::TemplateArguments,
    #[command(flatten)]
    pub(super) faults: FaultArguments,
    #[command(flatten)]
    pub(super) reports: super::reports::ReportArguments,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The template: YAML or JSON
    pub(super) template: PathBuf,
    #[command(flatten)]
    pub(super) stacked: Stacked,
    /// The logical id of an instance or group to rehearse; may be repeated; the others count as created [default: all of
    /// them]
    #[arg(long = "resource", value_name = "ID")]
    pub(super) resources: Vec<String>,
    /// Rehearse an update: the stack is taken as created from this template, with every signal received, and with the
    /// same values unless --old-param says otherwise
    #[arg(long, value_name = "OLD")]
    pub(super) update_from: Option<PathBuf>,
    #[command(flatten)]
    pub(super) old_values: super::values::OldValueArguments,
    #[command(flatten)]
    pub(super) equipment: super::equipment::EquipmentArguments,
    /// How time passes
    #[arg(long, value_enum, default_value = "virtual")]
    pub(super) clock: ClockChoice,
    /// In place of --clock: so many seconds of the stack pass in each second of this machine
    #[arg(long, value_name = "TIMES", conflicts_with = "clock")]
    pub(super) speed: Option<Speed>,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The template: YAML or JSON; without one there are no stacks but those that clients make
    pub(super) template: Option<PathBuf>,
    #[command(flatten)]
    pub(super) stacked: Stacked,
    /// Write the port to this file once it answers
    #[arg(long, value_name = "FILE")]
    pub(super) port_file: Option<PathBuf>,
    /// How time passes
    #[arg(long, value_enum, default_value = "real")]
    pub(super) clock: ClockChoice,
    /// In place of --clock: so many seconds of the stack pass in each second of this machine
    #[arg(long, value_name = "TIMES", conflicts_with = "clock")]
    pub(super) speed: Option<Speed>,
    /// How long no request may come before a virtual clock jumps to the next timeout
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = quiet)]
    pub(super) quiet: f64,
    /// Print `export NAME=VALUE` lines for clients to standard output; the events go to standard error
    #[arg(long)]
    pub(super) env: bool,
    /// End when the stack's fate is decided
    #[arg(long, requires = "template")]
    pub(super) once: bool,
    #[command(flatten)]
    pub(super) running: super::running::RunningArguments,
}

impl Stacked {
    /// What to rehearse, and what is to be said of its name.
    pub(super) fn options(
        &self,
        clock: ClockChoice,
        speed: Option<Speed>,
        template: Option<&Path>,
    ) -> (Options, Option<String>) {
        let mut options = Options {
            template: template.map(Path::to_owned),
            clock: speed.map_or_else(|| clock.into(), ClockKind::Scaled),
            listen: self.listen,
            denied: self.denied.clone(),
            template_dir: self.templates.template_dir.clone(),
            ..Options::default()
        };
        self.scaling.put(&mut options);
        self.values.give(&mut options);
        let named = self.names.name(template, &mut options);
        (options, named)
    }
}

/// An action of the API, with or without `cloudformation:` before it.
fn action(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("cloudformation:").unwrap_or(text);
    let good = name.starts_with(|it: char| it.is_ascii_uppercase())
        && name.chars().all(|it| it.is_ascii_alphanumeric());
    good.then(|| name.to_owned()).ok_or_else(|| "an action is a name such as SignalResource".to_owned())
}

fn quiet(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|seconds| (0.0..=3600.0).contains(seconds)).ok_or_else(|| "0 to 3600".to_owned())
}
