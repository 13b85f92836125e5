//! An instance's first boot.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use rustix::process::{Signal, set_child_subreaper};
use tokio::process::Command;
use tokio::sync::mpsc::Sender;

use super::Scratch;
use super::armed::Armed;
use super::calls::Calls;
use super::cfn_init::written_files;
use super::directory::Directory;
use super::groups::Groups;
use super::inside::Inside;
use super::machine::Machine;
use super::process::Startable;
use super::refusal::StartError;
use super::sequence::{BootEvent, Ended, Prepared, Sequence};
use super::user_data::{Folder, Script, Step, UserData, WrittenFile};
use crate::clock::Clock;
use crate::happening::Launch;
use crate::moment::Moment;
use crate::secrets::Secrets;

/// User data that was started, and its scratch directory.
pub struct Boot {
    /// The instance.
    pub instance_id: String,
    /// Once every script has ended.
    pub ended: Option<Ended>,
    /// Whether it was ended because the rehearsal was over.
    pub cut_short: bool,
    groups: Arc<Groups>,
    calls: Calls,
    /// What is armed there.
    armed: Armed,
    place: Place,
    /// What lasts as long as it does.
    kept: Vec<Box<dyn Send>>,
}

/// Where it runs.
pub(super) enum Place {
    Scratch(Scratch),
    Enclosed { inside: Arc<Inside>, _directory: Directory },
}

/// What an instance's commands find around them. Scripts are not told: cloud-init tells them nothing of it either.
pub struct Surroundings<'a> {
    /// The region.
    pub region: &'a str,
    /// The API.
    pub endpoint: &'a str,
    /// The instance's metadata.
    pub metadata: SocketAddr,
    /// What is not to be shown of what they say.
    pub secrets: &'a Secrets,
    /// What `cfn-init` works through; it is a stub where there is none.
    pub init: Option<Initialisation<'a>>,
}

/// What `cfn-init` works through.
#[derive(Clone, Copy)]
pub struct Initialisation<'a> {
    /// The stack's name.
    pub stack: &'a str,
    /// The metadata of its resources, by logical id.
    pub metadata: &'a BTreeMap<String, serde_json::Value>,
}

/// Starts an instance's user data: its scripts run one after another, whether or not one fails, as cloud-init runs
/// them.
///
/// # Errors
///
/// [`StartError`].
pub async fn start(
    launch: &Launch,
    user_data: &UserData,
    scratch: Scratch,
    around: &Surroundings<'_>,
    events: Sender<BootEvent>,
) -> Result<Boot, StartError> {
    // Daemons that the scripts leave behind become ours, and can be ended and counted.
    let _ = set_child_subreaper(Some(rustix::process::getpid()));
    scratch.write_commands(around).map_err(StartError::Machine)?;
    let by_init = around.init.map(|init| written_files(init.metadata.values())).unwrap_or_default();
    let written = written(user_data, &by_init);
    if let Some(init) = around.init {
        scratch.write_init(init, &written).map_err(StartError::Machine)?;
    }
    let steps = prepare(launch, user_data, &scratch, around, &written)?;
    let groups = Arc::new(Groups::default());
    let sequence = Sequence::new(
        launch.clone(),
        Machine::Here(Arc::clone(scratch.disk())),
        Arc::clone(&groups),
        events,
        around.secrets.clone(),
    );
    let calls = Calls::open(&scratch.call_log(), around.secrets.clone())
        .map_err(|error| StartError::Machine(error.into()))?;
    sequence.start(steps).await?;
    Ok(Boot::new(launch, groups, calls, Place::Scratch(scratch)))
}

impl Boot {
    pub(super) fn new(launch: &Launch, groups: Arc<Groups>, calls: Calls, place: Place) -> Self {
        let instance_id = launch.instance_id.clone();
        let armed = match &place {
            Place::Scratch(scratch) => Armed::here(scratch.state()),
            Place::Enclosed { inside, .. } => Armed::inside(Arc::clone(inside)),
        };
        Self { instance_id, ended: None, cut_short: false, groups, calls, armed, place, kept: Vec::new() }
    }

    /// Keeps something for as long as it lasts.
    pub fn keep(&mut self, it: impl Send + 'static) {
        self.kept.push(Box::new(it));
    }

    /// Whether a script or anything that one left behind in its process group still runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.ended.is_none() || self.groups.any_runs() || self.boots_again()
    }

    /// Whether it reboots at this moment.
    fn boots_again(&self) -> bool {
        matches!(&self.place, Place::Enclosed { inside, .. } if inside.boots_again())
    }

    /// Whether it has armed a failure that may yet be signalled.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.armed.any()
    }

    /// What it has armed goes as far as the stack's clock has; when the first is due, which is now while that is being signalled.
    pub fn keep_pace(&mut self, clock: &Clock) -> Option<Moment> {
        self.armed.keep_pace(clock)
    }

    /// Its instance is gone, and whatever was armed there.
    pub fn disarm(&self) {
        self.armed.disarm();
    }

    /// The calls of stubs since the last time, one a line.
    pub fn new_calls(&mut self) -> Vec<String> {
        let mut calls = self.calls.latest();
        if let Place::Enclosed { inside, .. } = &self.place {
            while let Some(file) = inside.next_calls() {
                self.calls.follow(file);
                calls.extend(self.calls.latest());
            }
        }
        calls
    }

    /// Asks every process to end; scripts that have not begun do not begin.
    pub fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }

    /// Ends every process.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
    }

    fn signal(&mut self, signal: Signal) {
        if self.runs() {
            self.cut_short |= self.ended.is_none();
            self.groups.end_with(signal);
        }
    }
}

/// Nothing that the user data started outlives the rehearsal.
impl Drop for Boot {
    fn drop(&mut self) {
        self.kill();
        if let Place::Enclosed { inside, .. } = &self.place {
            inside.end();
        }
    }
}

/// The files that are written here, in place of those of the same names.
fn written<'f>(user_data: &'f UserData, by_init: &'f [WrittenFile]) -> Vec<&'f WrittenFile> {
    let by_cloud_init = user_data.steps.iter().filter_map(|step| match step {
        Step::Files(files) => Some(files),
        Step::Script(_) => None,
    });
    by_cloud_init.flatten().chain(by_init).collect()
}

/// Puts every script where it is run, and every file where it will be.
fn prepare(
    launch: &Launch,
    user_data: &UserData,
    scratch: &Scratch,
    around: &Surroundings<'_>,
    written: &[&WrittenFile],
) -> io::Result<Vec<Prepared>> {
    let prepared = user_data.steps.iter().map(|step| {
        Ok(match step {
            Step::Files(files) => {
                Prepared::Files(files.iter().map(|file| scratch.place(file, written)).collect())
            }
            Step::Script(script) => {
                let file = scratch.script(script, written);
                let command = Box::new(command(launch, script, &file.path, scratch, around));
                let startable = Startable::Here(command);
                let runs = script.text.starts_with(b"#!");
                let hook = if script.folder == Folder::Boothooks {
                    Some(file)
                } else {
                    scratch.disk().put(&file)?;
                    None
                };
                Prepared::Script { name: script.name.clone(), startable, runs, counts: true, hook }
            }
        })
    });
    prepared.collect()
}

/// A script as cloud-init starts it: what systemd gives a service of the system, so no `HOME`, no `USER`, and no region.
///
/// Sources: <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment%20Variables%20in%20Spawned%20Processes>;
/// `INSTANCE_ID` from <https://docs.cloud-init.io/en/latest/reference/modules.html#bootcmd>.
fn command(
    launch: &Launch,
    script: &Script,
    path: &Path,
    scratch: &Scratch,
    around: &Surroundings<'_>,
) -> Command {
    let mut environment = vec![("PATH", scratch.search_path()), ("LANG", "C.UTF-8".into())];
    environment.extend(guards(&scratch.home(), around));
    if script.folder.knows_instance() {
        environment.push(("INSTANCE_ID", launch.instance_id.clone().into()));
    }
    let mut command = match &scratch.runtime {
        Some(runtime) => runtime.command(scratch.disk().path(), path, &environment).into(),
        None => {
            let mut command = Command::new(path);
            command.env_clear().envs(environment).current_dir(scratch.root());
            command
        }
    };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What keeps any SDK in a script from the credentials of whoever rehearses: his files, which are looked for in the home
/// that the system knows where `HOME` is not set, and the role of the machine, should it be an instance itself. Nothing
/// here tells a script what an instance's environment would not: its own metadata answers there too.
fn guards(home: &Path, around: &Surroundings<'_>) -> [(&'static str, OsString); 3] {
    [
        ("AWS_CONFIG_FILE", home.join(".aws/config").into()),
        ("AWS_SHARED_CREDENTIALS_FILE", home.join(".aws/credentials").into()),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{}", around.metadata).into()),
    ]
}
