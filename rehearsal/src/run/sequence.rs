//! Scripts at work, one after another.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::ScratchError;
use super::groups::Groups;
use super::lines::{self, LAST_LINES, LINES_AHEAD};
use super::machine::{After, Machine};
use super::process::{Process, Startable};
use super::refusal::StartError;
use super::tap::Tap;
use super::user_data::WrittenFile;
use crate::happening::Launch;
use crate::secrets::Secrets;

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
    /// It boots again.
    Rebooted {
        /// The instance.
        instance_id: String,
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
        startable: Startable,
        /// Whether the kernel knows what to run it with.
        runs: bool,
        /// Whether its failure is the user data's.
        counts: bool,
        /// A boothook is there when its turn comes: another may have its name.
        hook: Option<WrittenFile>,
    },
}

/// A boot under way.
pub(super) struct Sequence {
    machine: Machine,
    groups: Arc<Groups>,
    tap: Tap,
    lines: Sender<String>,
    said: Receiver<String>,
    secrets: Secrets,
}

impl Sequence {
    pub(super) fn new(
        launch: Launch,
        machine: Machine,
        groups: Arc<Groups>,
        events: Sender<BootEvent>,
        secrets: Secrets,
    ) -> Self {
        let (lines, said) = channel(LINES_AHEAD);
        Self { machine, groups, tap: Tap::new(launch, events), lines, said, secrets }
    }

    /// Starts the first step, and goes on by itself.
    pub(super) async fn start(self, mut steps: Vec<Prepared>) -> Result<(), StartError> {
        // Of a script that is alone the caller says that it cannot be started.
        let alone = match steps.as_mut_slice() {
            [Prepared::Script { startable, runs: true, hook, .. }] => {
                self.spawn(startable, hook.as_ref()).await?
            }
            _ => None,
        };
        tokio::spawn(self.run(steps, alone));
        Ok(())
    }

    async fn run(mut self, steps: Vec<Prepared>, alone: Option<Process>) {
        match self.over_boots(steps, alone).await {
            Ok(ended) => self.finish(ended).await,
            Err(error) => {
                let instance_id = self.tap.launch.instance_id.clone();
                let _ = self.tap.events.send(BootEvent::Broken { instance_id, error }).await;
            }
        }
    }

    /// Goes through the steps, and through those of every boot that comes of them.
    async fn over_boots(
        &mut self,
        steps: Vec<Prepared>,
        alone: Option<Process>,
    ) -> Result<Ended, ScratchError> {
        let begun = Instant::now();
        let mut ended = self.go_through(steps, alone).await?;
        while self.machine.goes_down() && !self.groups.closed() {
            let Some(steps) = self.boots_again().await? else { break };
            let later = self.go_through(steps, None).await?;
            self.machine.has_booted();
            ended = if ended.code == Some(0) { later } else { ended };
        }
        Ok(Ended { after: begun.elapsed(), ..ended })
    }

    /// What runs after a reboot; none where there is no other boot.
    async fn boots_again(&mut self) -> Result<Option<Vec<Prepared>>, ScratchError> {
        let (text, steps) = match self.machine.after().await? {
            After::Boots(steps) => {
                let instance_id = self.tap.launch.instance_id.clone();
                let _ = self.tap.events.send(BootEvent::Rebooted { instance_id }).await;
                let text = "the instance reboots; what runs once, its user data's scripts among it, does not run again";
                (text, Some(steps))
            }
            After::Ends(why) => (why, None),
        };
        if !text.is_empty() && !self.groups.closed() {
            let instance_id = self.tap.launch.instance_id.clone();
            let _ = self.tap.events.send(BootEvent::Note { instance_id, text: text.to_owned() }).await;
        }
        Ok(steps)
    }

    /// How the first that failed did, or else the last. What ends because the system goes down has not failed.
    async fn go_through(
        &mut self,
        steps: Vec<Prepared>,
        alone: Option<Process>,
    ) -> Result<Ended, ScratchError> {
        let begun = Instant::now();
        let mut failed = None;
        if let Some(process) = alone {
            failed = Some(self.watch(process).await).filter(|it| self.is_failure(it));
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
                if self.machine.goes_down() {
                    break;
                }
                match step {
                    Prepared::Files(files) => self.write(files).await?,
                    Prepared::Script { name, startable, runs, counts, hook } => {
                        let ended = self.part(name, startable, runs, hook).await?;
                        if ended.code.is_none() && !self.groups.closed() {
                            self.machine.may_go_down().await;
                        }
                        failed = failed.or(Some(ended).filter(|it| counts && self.is_failure(it)));
                    }
                }
            }
        }
        let how = failed.unwrap_or(Ended { code: Some(0), signal: None, after: Duration::ZERO });
        Ok(Ended { after: begun.elapsed(), ..how })
    }

    fn is_failure(&self, ended: &Ended) -> bool {
        ended.code != Some(0) && !(ended.code.is_none() && self.machine.goes_down())
    }

    async fn finish(mut self, ended: Ended) {
        self.tap.rest().await;
        let instance_id = self.tap.launch.instance_id.clone();
        let _ = self.tap.events.send(BootEvent::Exited { instance_id, ended }).await;
        let machine = self.machine.clone();
        tokio::select! {
            () = self.drain() => {}
            () = machine.over() => {}
        }
        // What was left running may have the instance boot again.
        while let Machine::Inside(_) = machine {
            machine.over().await;
            match self.boots_again().await {
                Ok(Some(steps)) if !self.groups.closed() => _ = self.go_through(steps, None).await,
                _ => return,
            }
            machine.has_booted();
        }
    }

    /// Tells what was said by what is over, to its end; what comes after that has another channel.
    async fn drain(&mut self) {
        let (lines, said) = channel(LINES_AHEAD);
        self.lines = lines;
        let mut before = std::mem::replace(&mut self.said, said);
        while let Some(text) = before.recv().await {
            self.tap.say(text).await;
        }
        self.tap.rest().await;
        self.groups.drained();
    }

    /// Runs one of several.
    async fn part(
        &mut self,
        name: String,
        mut startable: Startable,
        runs: bool,
        hook: Option<WrittenFile>,
    ) -> Result<Ended, ScratchError> {
        let begun = Instant::now();
        let spawned = if runs {
            self.spawn(&mut startable, hook.as_ref()).await
        } else {
            Err(StartError::Script(io::Error::other("exec format error: it does not begin with #!")))
        };
        let (result, ended) = match spawned {
            Ok(Some(process)) => {
                let ended = self.watch(process).await;
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
        startable: &mut Startable,
        hook: Option<&WrittenFile>,
    ) -> Result<Option<Process>, StartError> {
        if let Some(hook) = hook {
            self.machine.put(hook).await?;
        }
        let mut tries = 20;
        loop {
            match self.machine.start(startable, &self.groups).await {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries > 0 => {
                    tries -= 1;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(error) => return Err(self.machine.refuse(error, startable.program())),
                Ok(process) => return Ok(process),
            }
        }
    }

    /// Shows what a script says until it has ended.
    async fn watch(&mut self, mut process: Process) -> Ended {
        let begun = Instant::now();
        lines::read(&mut process, &self.lines, &self.secrets);
        let (code, signal) = loop {
            tokio::select! {
                biased;
                how = process.ended() => break how,
                Some(text) = self.said.recv() => self.tap.say(text).await,
            }
        };
        process.group.iter().for_each(|group| self.groups.over(group));
        let after = begun.elapsed();
        // What it wrote last may still be in the pipes; what it left behind may hold them open for good.
        let ended = Instant::now();
        while let Ok(Some(text)) = tokio::time::timeout(Duration::from_millis(100), self.said.recv()).await {
            self.tap.say(text).await;
            if ended.elapsed() > LAST_LINES {
                break;
            }
        }
        Ended { code, signal, after }
    }

    async fn write(&mut self, files: Vec<WrittenFile>) -> Result<(), ScratchError> {
        for file in files {
            if let Err(error) = self.machine.put(&file).await {
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
