//! The user data at work.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitOptions, kill_process_group, set_child_subreaper, test_kill_process_group, waitpgid,
};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::Sender;

use super::{Scratch, ScratchError};

/// Bytes of a line that are shown as one.
const MAX_LINE: usize = 4096;

/// Lines that wait to be shown; a script that is faster waits for its pipe, as it would for any slow reader.
pub const LINES_AHEAD: usize = 256;

/// How long the last lines of a script that has ended are waited for.
const LAST_LINES: Duration = Duration::from_millis(500);

/// What a boot tells.
#[derive(Clone, Debug)]
pub enum BootEvent {
    /// A line of output.
    Line {
        /// The instance.
        logical_id: String,
        /// Without its line break.
        text: String,
    },
    /// The script has ended.
    Exited {
        /// The instance.
        logical_id: String,
        /// How.
        ended: Ended,
    },
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

/// A script that was started, and its scratch directory.
pub struct Boot {
    /// The instance.
    pub logical_id: String,
    /// Once it has ended.
    pub ended: Option<Ended>,
    /// Whether it was ended because the rehearsal was over.
    pub cut_short: bool,
    group: Option<Pid>,
    calls: File,
    _scratch: Scratch,
}

/// What a script finds in its environment beyond its `PATH`.
pub struct Surroundings<'a> {
    /// The region.
    pub region: &'a str,
    /// The API.
    pub endpoint: &'a str,
    /// The instance's metadata.
    pub metadata: SocketAddr,
}

/// Starts an instance's user data.
///
/// # Errors
///
/// [`ScratchError::Io`] where it cannot be started, such as with an interpreter that is not there.
pub async fn start(
    logical_id: &str,
    user_data: &[u8],
    scratch: Scratch,
    around: &Surroundings<'_>,
    events: Sender<BootEvent>,
) -> Result<Boot, ScratchError> {
    // Daemons that the script leaves behind become ours, and can be ended and counted.
    let _ = set_child_subreaper(Some(rustix::process::getpid()));
    scratch.write_signal_command(around)?;
    let script = scratch.write_script(user_data)?;
    let mut command = Command::new(script);
    command
        .env_clear()
        .env("PATH", scratch.search_path())
        .env("HOME", scratch.home())
        .env("LANG", "C.UTF-8")
        .env("USER", "root")
        .env("AWS_REGION", around.region)
        .env("AWS_DEFAULT_REGION", around.region)
        .env("AWS_ENDPOINT_URL_CLOUDFORMATION", around.endpoint)
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{}", around.metadata))
        .current_dir(scratch.home())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = spawn(&mut command).await?;
    let started = Instant::now();
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let outputs: Vec<Box<dyn AsyncRead + Send + Unpin>> = [
        child.stdout.take().map(|it| Box::new(it) as Box<dyn AsyncRead + Send + Unpin>),
        child.stderr.take().map(|it| Box::new(it) as Box<dyn AsyncRead + Send + Unpin>),
    ]
    .into_iter()
    .flatten()
    .collect();
    let calls = File::open(scratch.call_log())?;
    let teller = Teller { logical_id: logical_id.to_owned(), events };
    let (lines, mut said) = tokio::sync::mpsc::channel(LINES_AHEAD);
    for output in outputs {
        tokio::spawn(read_lines(output, lines.clone()));
    }
    drop(lines);
    tokio::spawn(async move {
        let status = loop {
            tokio::select! {
                biased;
                status = child.wait() => break status,
                Some(line) = said.recv() => teller.say(line).await,
            }
        };
        // What it wrote last may still be in the pipes; what it left behind may hold them open for good.
        let after = started.elapsed();
        let ended = Instant::now();
        while let Ok(Some(line)) = tokio::time::timeout(Duration::from_millis(100), said.recv()).await {
            teller.say(line).await;
            if ended.elapsed() > LAST_LINES {
                break;
            }
        }
        teller.exited(status.ok(), after).await;
        while let Some(line) = said.recv().await {
            teller.say(line).await;
        }
    });
    Ok(Boot {
        logical_id: logical_id.to_owned(),
        ended: None,
        cut_short: false,
        group,
        calls,
        _scratch: scratch,
    })
}

impl Boot {
    /// Whether the script or anything that it left behind in its process group still runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        if self.ended.is_none() {
            return true;
        }
        let Some(group) = self.group else { return false };
        // Its orphans are ours: those that have ended have to be collected, or they seem to run.
        while let Ok(Some(_)) = waitpgid(group, WaitOptions::NOHANG) {}
        test_kill_process_group(group).is_ok()
    }

    /// The calls of stubs since the last time, one a line.
    pub fn new_calls(&mut self) -> Vec<String> {
        let mut new = String::new();
        match self.calls.read_to_string(&mut new) {
            Ok(_) => new.lines().map(str::to_owned).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// Asks the whole process group to end.
    pub fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }

    /// Ends the whole process group.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
    }

    fn signal(&mut self, signal: Signal) {
        if self.runs()
            && let Some(group) = self.group
        {
            self.cut_short |= self.ended.is_none();
            let _ = kill_process_group(group, signal);
        }
    }
}

/// Nothing that the user data started outlives the rehearsal.
impl Drop for Boot {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A file that was just written cannot be run while another child that is being started still holds it open.
async fn spawn(command: &mut Command) -> Result<Child, ScratchError> {
    for _ in 0..20 {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            spawned => return Ok(spawned?),
        }
    }
    Ok(command.spawn()?)
}

struct Teller {
    logical_id: String,
    events: Sender<BootEvent>,
}

impl Teller {
    async fn say(&self, text: String) {
        let _ = self.events.send(BootEvent::Line { logical_id: self.logical_id.clone(), text }).await;
    }

    async fn exited(&self, status: Option<ExitStatus>, after: Duration) {
        let ended = Ended {
            code: status.and_then(|status| status.code()),
            signal: status.and_then(|status| status.signal()),
            after,
        };
        let _ = self.events.send(BootEvent::Exited { logical_id: self.logical_id.clone(), ended }).await;
    }
}

async fn read_lines(mut from: Box<dyn AsyncRead + Send + Unpin>, lines: Sender<String>) {
    let mut pending = Vec::new();
    let mut buffer = vec![0; MAX_LINE];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        pending.extend_from_slice(buffer.get(..read).unwrap_or_default());
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let rest = pending.split_off(end + 1);
            pending.truncate(end);
            let line = String::from_utf8_lossy(&pending).trim_end_matches('\r').to_owned();
            let _ = lines.send(line).await;
            pending = rest;
        }
        if (read == 0 || pending.len() >= MAX_LINE) && !pending.is_empty() {
            let _ = lines.send(String::from_utf8_lossy(&pending).into_owned()).await;
            pending.clear();
        }
        if read == 0 {
            return;
        }
    }
}
