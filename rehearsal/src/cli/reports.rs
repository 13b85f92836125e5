//! `--output`, `--junit` and `--html`: what is recorded is written down.

use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::clock::{self, ClockKind};
use crate::happening::{Happening, Launch};
use crate::model;
use crate::moment::Moment;
use crate::report::{Console, Notes, Page, Recorder, html, json, junit};
use crate::run::Ended;
use crate::shown;
use crate::stack::Waiting;

/// What standard output is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputChoice {
    /// The events, for people
    #[default]
    Text,
    /// An object a line, a summary last; what is for people goes to standard error
    Json,
}

/// Options of every command that rehearses.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ReportArguments {
    /// What standard output has
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) output: OutputChoice,
    /// Write a JUnit report: a test case for each wait
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write a page: verdict, time line, events, and what user data printed
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
}

/// Why a report is not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReportError {
    #[error("{option} {path}: cannot be written, so nothing was rehearsed")]
    Unwritable {
        option: &'static str,
        path: String,
        #[source]
        error: io::Error,
    },
    #[error("{option} {path}: the report cannot be written")]
    NotWritten {
        option: &'static str,
        path: String,
        #[source]
        error: io::Error,
    },
    #[error("--output json and --env both write to standard output: leave one of them out")]
    TwoOutputs,
}

impl ReportArguments {
    /// Whether the reports can be written when it is time: found out before anything runs.
    ///
    /// # Errors
    ///
    /// [`ReportError::Unwritable`] where a folder is not there or may not be written to.
    pub(super) fn check(&self) -> Result<(), ReportError> {
        for (option, path) in [("--junit", &self.junit), ("--html", &self.html)] {
            let Some(path) = path else { continue };
            writable(path).map_err(|error| ReportError::Unwritable {
                option,
                path: path.display().to_string(),
                error,
            })?;
        }
        Ok(())
    }

    /// Where the text for people goes.
    pub(super) fn console(&self) -> Console {
        use std::io::IsTerminal as _;
        match self.output {
            OutputChoice::Text => Console::stdout(),
            OutputChoice::Json if io::stdout().is_terminal() && io::stderr().is_terminal() => {
                Console::on(Box::new(io::sink()), false)
            }
            OutputChoice::Json => Console::stderr(),
        }
    }
}

/// What is recorded, and where it goes.
pub(super) struct Reports {
    arguments: ReportArguments,
    title: String,
    virtual_time: bool,
    pub(super) recorder: Recorder,
    pub(super) notes: Notes,
    begun: Instant,
}

impl Reports {
    /// Nothing is recorded yet. `title` says what is rehearsed.
    pub(super) fn new(arguments: &ReportArguments, title: &Path, clock: ClockKind) -> Self {
        Self {
            recorder: Recorder::new(arguments.output == OutputChoice::Json),
            arguments: arguments.clone(),
            notes: Notes::default(),
            title: title.display().to_string(),
            virtual_time: clock != ClockKind::Real,
            begun: Instant::now(),
        }
    }

    /// A stack is going to have these resources.
    pub(super) fn planned(&mut self, plan: &model::Stack) {
        self.recorder.planned(plan);
    }

    /// Something happened.
    pub(super) fn happened(&mut self, stack: &str, happening: &Happening, now: Moment) {
        self.recorder.happened(stack, happening, now, self.real());
        self.print();
    }

    /// What a stack waits for, as often as anybody looks.
    pub(super) fn waiting(&mut self, stack: &str, waiting: &[Waiting], now: Moment) {
        self.recorder.waiting(stack, waiting, now, self.real());
        self.print();
    }

    /// User data, or a stub that it called, printed a line.
    pub(super) fn output(&mut self, stack: &str, from: &Launch, text: &str, stub: bool, now: Moment) {
        self.recorder.output(stack, from, text, stub, now, self.real());
        self.print();
    }

    /// User data ended.
    pub(super) fn exited(&mut self, stack: &str, from: &Launch, ended: Ended, now: Moment) {
        self.recorder.exited(stack, from, ended, now, self.real());
        self.print();
    }

    /// User data is nothing that can be run.
    pub(super) fn not_run(&mut self, stack: &str, from: &Launch, why: &str, now: Moment) {
        self.recorder.not_run(stack, from, why, now, self.real());
        self.print();
    }

    /// Writes the files.
    ///
    /// # Errors
    ///
    /// [`ReportError::NotWritten`], after all the others were written.
    pub(super) fn write(&self, ending: json::Ending) -> Result<(), ReportError> {
        let stacks = self.recorder.stacks();
        let junit = self.arguments.junit.as_ref().map(|path| {
            let result = junit::render(stacks).and_then(|text| replace(path, text.as_bytes()));
            result.map_err(|error| not_written("--junit", path, error))
        });
        let html = self.arguments.html.as_ref().map(|path| {
            let page = Page {
                title: &self.title,
                stacks,
                beyond: self.recorder.beyond(),
                ending,
                virtual_time: self.virtual_time,
                notes: &self.notes,
                made: clock::wall(),
            };
            replace(path, html(&page).as_bytes()).map_err(|error| not_written("--html", path, error))
        });
        [junit, html].into_iter().flatten().collect()
    }

    /// Prints the last line of `--output json`.
    pub(super) fn finish(&mut self, ending: json::Ending) {
        self.print();
        if self.arguments.output == OutputChoice::Json {
            print_line(&json::summary(self.recorder.stacks(), ending, &self.notes));
        }
    }

    fn real(&self) -> Duration {
        self.begun.elapsed()
    }

    fn print(&mut self) {
        self.recorder.drain().iter().for_each(|it| print_line(&json::line(it)));
    }
}

/// A whole line at once: whoever reads never sees a part of one.
fn print_line(line: &str) {
    let mut out = io::stdout().lock();
    // Whoever closed the pipe does not want to know any more; the exit code still tells.
    let _ = out.write_all(shown::json(&format!("{line}\n")).as_bytes());
    let _ = out.flush();
}

fn not_written(option: &'static str, path: &Path, error: io::Error) -> ReportError {
    ReportError::NotWritten { option, path: path.display().to_string(), error }
}

fn writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let folder = folder(path);
    if !folder.is_dir() {
        return Err(io::Error::other(format!("there is no folder {}", folder.display())));
    }
    tempfile::NamedTempFile::new_in(folder).map(drop)
}

/// All at once: whoever sees the file sees the whole of it.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Temporary files are their owner's only; a report is for whom the process lets files be.
    let everyone = std::fs::Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().permissions(everyone).tempfile_in(folder(path))?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
