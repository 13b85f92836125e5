//! `--output`, `--junit` and `--html`: what is recorded is written down.

use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::{Args, ValueEnum};

use crate::rehearsal::Rehearsal;
use crate::report::{Console, Kind, Notes, json};

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
    /// Of the events show only these kinds, a comma between them; reports, and standard output with --output json, have all
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub(super) only: Vec<Kind>,
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
    #[error("--output json: standard output has not all of it")]
    Lost {
        #[source]
        error: io::Error,
    },
    #[error("standard output has not all of it")]
    LostText {
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
        let console = match self.output {
            OutputChoice::Text => Console::stdout(),
            OutputChoice::Json if io::stdout().is_terminal() && io::stderr().is_terminal() => {
                Console::on(Box::new(io::sink()), false)
            }
            OutputChoice::Json => Console::stderr(),
        };
        console.only(&self.only)
    }
}

/// Where the reports go.
pub(super) struct Reports {
    arguments: ReportArguments,
    title: String,
    /// What was last said beside the stacks' histories.
    pub(super) notes: Notes,
}

impl Reports {
    /// `title` says what is rehearsed.
    pub(super) fn new(arguments: &ReportArguments, title: &Path) -> Self {
        Self { arguments: arguments.clone(), notes: Notes::default(), title: title.display().to_string() }
    }

    /// Who takes the lines of what is recorded.
    pub(super) fn printer(&self) -> Option<fn(&str)> {
        (self.arguments.output == OutputChoice::Json).then_some(print_line)
    }

    /// Writes the files.
    ///
    /// # Errors
    ///
    /// [`ReportError::NotWritten`], after all the others were written; [`ReportError::Lost`], [`ReportError::LostText`]: the
    /// disk is full.
    pub(super) fn write(
        &self,
        rehearsal: &Rehearsal,
        ending: json::Ending,
        console: &Console,
    ) -> Result<(), ReportError> {
        let junit = self.arguments.junit.as_ref().map(|path| {
            let result =
                rehearsal.reporter.junit(&self.notes).and_then(|text| replace(path, text.as_bytes()));
            result.map_err(|error| not_written("--junit", path, error))
        });
        let html = self.arguments.html.as_ref().map(|path| {
            let page = rehearsal.html(&self.title, ending, &self.notes);
            replace(path, page.as_bytes()).map_err(|error| not_written("--html", path, error))
        });
        let lost = LOST.get().map(|kind| Err(ReportError::Lost { error: (*kind).into() }));
        // Where it is for programs, or has the environment, the console is on standard error, and nobody is there to tell.
        let is_text = self.arguments.output == OutputChoice::Text;
        let lost_text = console.lost().filter(|_| is_text);
        let lost_text = lost_text.map(|kind| Err(ReportError::LostText { error: kind.into() }));
        [junit, html, lost, lost_text].into_iter().flatten().collect()
    }
}

/// Why a line could not be written to standard output.
static LOST: OnceLock<io::ErrorKind> = OnceLock::new();

/// A whole line at once: whoever reads never sees a part of one.
fn print_line(line: &str) {
    let mut out = io::stdout().lock();
    match out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()) {
        // Whoever closed the pipe does not want to know any more; the exit code still tells.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            LOST.get_or_init(|| error.kind());
        }
        _ => {}
    }
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
