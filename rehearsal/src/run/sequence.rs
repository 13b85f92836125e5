//! Scripts at work, one after another.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::ScratchError;
use super::disk::Disk;
use super::groups::{Groups, id_of};
use super::lines::{self, LAST_LINES, LINES_AHEAD};
use super::refusal::StartError;
use super::tap::Tap;
use super::user_data::WrittenFile;
use crate::happening::Launch;

/// What a shell exits with for a command that it cannot start.
const NOT_STARTED: i32 = 126;

/// SIGTERM.
const TERMINATED: i32 = 15;

/// What a boot tells.
#[derive(Debug)]
pub enum BootEvent {
    /// A line of output.
    Line {
        /// The instance.
        instance_id: String,
        /// Without its line break.
        text: String,
    },
    /// Something is to be said of its output.
    Note {
        /// The instance.
        instance_id: String,
        /// What.
        text: String,
    },
    /// One of several parts is done.
    Part {
        /// The instance.
        instance_id: String,
        /// Such as `part-001` or `runcmd`.
        name: String,
        /// What became of it.
        result: PartResult,
    },
    /// It cannot go on, and that is not the user data's doing.
    Broken {
        /// The instance.
        instance_id: String,
        /// Why.
        error: ScratchError,
    },
    /// Every script has ended.
    Exited {
        /// The instance.
        instance_id: String,
        /// As the first that failed did, or else well; after all of them.
        ended: Ended,
    },
}

/// What became of one part of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartResult {
    /// It ran.
    Ended(Ended),
    /// It could not be started, and why.
    NotStarted(String),
}

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit status; `None` after a signal.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// How long it took.
    pub after: Duration,
}

/// What is done next.
pub(super) enum Prepared {
    Files(Vec<WrittenFile>),
    Script {
        name: String,
        command: Box<Command>,
        /// Whether the kernel knows what to run it with.
        runs: bool,
        /// A boothook is there when its turn comes: another may have its name.
        hook: Option<WrittenFile>,
    },
}

/// A boot under way.
pub(super) struct Sequence {
    disk: Arc<Disk>,
    groups: Arc<Groups>,
    tap: Tap,
    lines: Sender<String>,
    said: Receiver<String>,
}

impl Sequence {
    pub(super) fn new(
        launch: Launch,
        disk: Arc<Disk>,
        groups: Arc<Groups>,
        events: Sender<BootEvent>,
    ) -> Self {
        let (lines, said) = channel(LINES_AHEAD);
        Self { disk, groups, tap: Tap::new(launch, events), lines, said }
    }

    /// Starts the first step, and goes on by itself.
    pub(super) async fn start(self, mut steps: Vec<Prepared>) -> Result<(), StartError> {
        // Of a script that is alone the caller says that it cannot be started.
        let alone = match steps.as_mut_slice() {
            [Prepared::Script { command, runs: true, hook, .. }] => {
                self.spawn(command, hook.as_ref()).await?
            }
            _ => None,
        };
        tokio::spawn(self.run(steps, alone));
        Ok(())
    }

    async fn run(mut self, steps: Vec<Prepared>, alone: Option<Child>) {
        match self.go_through(steps, alone).await {
            Ok(ended) => self.finish(ended).await,
            Err(error) => {
                let instance_id = self.tap.launch.instance_id.clone();
                let _ = self.tap.events.send(BootEvent::Broken { instance_id, error }).await;
            }
        }
    }

    /// How the first that failed did, or else the last.
    async fn go_through(
        &mut self,
        steps: Vec<Prepared>,
        alone: Option<Child>,
    ) -> Result<Ended, ScratchError> {
        let begun = Instant::now();
        let mut failed = None;
        if let Some(child) = alone {
            failed = Some(self.watch(child).await).filter(|ended| ended.code != Some(0));
        } else {
            for step in steps {
                if self.groups.closed() {
                    failed = failed.or(Some(Ended {
                        code: None,
                        signal: Some(TERMINATED),
                        after: begun.elapsed(),
                    }));
                    break;
                }
                match step {
                    Prepared::Files(files) => self.write(files).await?,
                    Prepared::Script { name, command, runs, hook } => {
                        let ended = self.part(name, command, runs, hook).await?;
                        failed = failed.or(Some(ended).filter(|ended| ended.code != Some(0)));
                    }
                }
            }
        }
        let how = failed.unwrap_or(Ended { code: Some(0), signal: None, after: Duration::ZERO });
        Ok(Ended { after: begun.elapsed(), ..how })
    }

    async fn finish(mut self, ended: Ended) {
        self.tap.rest().await;
        let instance_id = self.tap.launch.instance_id.clone();
        let _ = self.tap.events.send(BootEvent::Exited { instance_id, ended }).await;
        let Self { groups, mut tap, lines, mut said, .. } = self;
        drop(lines);
        while let Some(text) = said.recv().await {
            tap.say(text).await;
        }
        tap.rest().await;
        groups.drained();
    }

    /// Runs one of several.
    async fn part(
        &mut self,
        name: String,
        mut command: Box<Command>,
        runs: bool,
        hook: Option<WrittenFile>,
    ) -> Result<Ended, ScratchError> {
        let begun = Instant::now();
        let spawned = if runs {
            self.spawn(&mut command, hook.as_ref()).await
        } else {
            Err(StartError::Script(io::Error::other("exec format error: it does not begin with #!")))
        };
        let (result, ended) = match spawned {
            Ok(Some(child)) => {
                let ended = self.watch(child).await;
                (PartResult::Ended(ended), ended)
            }
            Ok(None) => {
                let ended = Ended { code: None, signal: Some(TERMINATED), after: begun.elapsed() };
                (PartResult::Ended(ended), ended)
            }
            Err(StartError::Machine(error)) => return Err(error),
            Err(StartError::Script(error)) => {
                let ended = Ended { code: Some(NOT_STARTED), signal: None, after: begun.elapsed() };
                (PartResult::NotStarted(error.to_string()), ended)
            }
        };
        let instance_id = self.tap.launch.instance_id.clone();
        let _ = self.tap.events.send(BootEvent::Part { instance_id, name, result }).await;
        Ok(ended)
    }

    /// A file that was just written cannot be run while another child that is being started still holds it open.
    async fn spawn(
        &self,
        command: &mut Command,
        hook: Option<&WrittenFile>,
    ) -> Result<Option<Child>, StartError> {
        hook.map(|hook| self.disk.put(hook)).transpose()?;
        let mut tries = 20;
        loop {
            match self.groups.start(command) {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries > 0 => {
                    tries -= 1;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(error) => return Err(StartError::of(error, command.as_std().get_program().as_ref())),
                Ok(child) => return Ok(child),
            }
        }
    }

    /// Shows what a script says until it has ended.
    async fn watch(&mut self, mut child: Child) -> Ended {
        let begun = Instant::now();
        let group = id_of(&child);
        lines::read(&mut child, &self.lines);
        let status = loop {
            tokio::select! {
                biased;
                status = child.wait() => break status,
                Some(text) = self.said.recv() => self.tap.say(text).await,
            }
        };
        self.groups.over(group);
        let after = begun.elapsed();
        // What it wrote last may still be in the pipes; what it left behind may hold them open for good.
        let ended = Instant::now();
        while let Ok(Some(text)) = tokio::time::timeout(Duration::from_millis(100), self.said.recv()).await {
            self.tap.say(text).await;
            if ended.elapsed() > LAST_LINES {
                break;
            }
        }
        how(status.ok(), after)
    }

    async fn write(&mut self, files: Vec<WrittenFile>) -> Result<(), ScratchError> {
        for file in files {
            if let Err(error) = self.disk.put(&file) {
                let error = match StartError::from(error) {
                    StartError::Script(error) => error,
                    StartError::Machine(error) => return Err(error),
                };
                let text = format!("write_files: {}: {error}", file.path.display());
                self.tap.say(text).await;
            }
        }
        Ok(())
    }
}

fn how(status: Option<ExitStatus>, after: Duration) -> Ended {
    Ended {
        code: status.and_then(|status| status.code()),
        signal: status.and_then(|status| status.signal()),
        after,
    }
}
