//! `cfn-rehearse compare`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use cfn_signal_core::causes;
use clap::{Args, ValueEnum};

use super::scaling::ScalingArguments;
use super::template_dir::TemplateArguments;
use super::values::{OldValueArguments, ValueArguments, remarks};
use super::{COMPLETE, CliError, ROLLED_BACK, UNUSABLE, on_a_runtime, print, told};
use crate::clock::ClockKind;
use crate::compare::{CompareError, Log, anonymise, json, not_comparable, text};
use crate::rehearsal::{Options, Rehearsal, SetupError};
use crate::shown;

/// Bytes of a log that are read: 100,000 events have less.
const MOST: u64 = 256 << 20;

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The template that the stack was made from, or updated to: YAML or JSON; with --anonymise there is none
    #[arg(required_unless_present = "anonymise")]
    template: Option<PathBuf>,
    /// What `aws cloudformation describe-stack-events` printed of it, one page after the other; - for standard input
    #[arg(required_unless_present = "anonymise")]
    events: Option<PathBuf>,
    /// Compare an update: the template that the stack had before
    #[arg(long, value_name = "OLD")]
    update_from: Option<PathBuf>,
    #[command(flatten)]
    values: ValueArguments,
    #[command(flatten)]
    old_values: OldValueArguments,
    #[command(flatten)]
    templates: TemplateArguments,
    #[command(flatten)]
    scaling: ScalingArguments,
    /// Which of the log's operations, from 1 for the oldest [default: its last creation or update]
    #[arg(long, value_name = "N")]
    operation: Option<usize>,
    /// How the differences are printed
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    output: Format,
    /// Print the log without its account's particulars, to be passed on, and compare nothing: `compare --anonymise EVENTS`
    #[arg(long, conflicts_with_all = ["update_from", "parameters", "operation", "output"])]
    anonymise: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

pub(super) fn compare(arguments: &Compare) -> Result<u8, CliError> {
    if arguments.anonymise {
        let Some(path) = arguments.events.as_ref().or(arguments.template.as_ref()) else {
            return Err(CliError::Usage("--anonymise: which log?".to_owned()));
        };
        print(&anonymise(&read(path)?, &name(path))?)?;
        return Ok(COMPLETE);
    }
    let (Some(template), Some(events)) = (&arguments.template, &arguments.events) else {
        return Err(CliError::Usage("compare: which template, and which log?".to_owned()));
    };
    let result = held_against(arguments, template, events);
    match (&result, arguments.output) {
        (Err(error @ (CliError::Compare(_) | CliError::Setup(_))), Format::Json) => {
            print(format!("{}\n", not_comparable(&causes::line(error))))?;
            told(error);
            Ok(UNUSABLE)
        }
        _ => result,
    }
}

fn held_against(arguments: &Compare, template: &Path, events: &Path) -> Result<u8, CliError> {
    let log = Log::read(&read(events)?, &name(events), arguments.operation)?;
    log.check(arguments.update_from.is_some())?;
    on_a_runtime(async {
        let mut options = Options {
            template: Some(template.to_owned()),
            update_from: arguments.update_from.clone(),
            stack_name: log.stack_name().to_owned(),
            region: log.region().unwrap_or("us-east-1").to_owned(),
            template_dir: arguments.templates.template_dir.clone(),
            clock: ClockKind::Virtual,
            ..Options::default()
        };
        arguments.scaling.put(&mut options);
        arguments.values.give(&mut options);
        arguments.old_values.give(&mut options);
        let rehearsal = Rehearsal::prepare(&options)?;
        // Beside the result, which may be for a program.
        remarks(&rehearsal).for_each(|line| shown::on_stderr(&shown::line(&shown::escaped(&line))));
        let Some(material) = rehearsal.material().map_err(SetupError::from)? else { return Ok(UNUSABLE) };
        let mut verdict = log.against(&material)?;
        verdict.hide(&rehearsal.account.secrets);
        match arguments.output {
            Format::Text => print(text(&verdict))?,
            Format::Json => print(format!("{}\n", json(&verdict)))?,
        }
        Ok(if verdict.differences.is_empty() { COMPLETE } else { ROLLED_BACK })
    })
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

fn read(path: &Path) -> Result<String, CompareError> {
    let mut text = String::new();
    let result = if path == Path::new("-") {
        std::io::stdin().lock().take(MOST).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut text))
    };
    match result {
        Ok(_) => Ok(text),
        Err(error) => Err(CompareError::Unreadable { name: name(path), error }),
    }
}
