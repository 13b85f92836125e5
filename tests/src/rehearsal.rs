//! `cfn-rehearse serve` as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::binaries;

/// A template of the tests.
#[must_use]
pub fn template(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(name)
}

/// A stack that waits for signals until its fate is decided, or until this is dropped.
pub struct Served {
    child: Child,
    /// What a client needs in its environment, as `serve --env` tells it.
    environment: BTreeMap<String, String>,
    /// What it says.
    events: Option<std::thread::JoinHandle<String>>,
}

impl Served {
    /// Serves a template of the tests as the stack `web`; `options` as `cfn-rehearse serve` has them.
    ///
    /// # Errors
    ///
    /// When it cannot be started or ends before it listens.
    pub fn start(name: &str, options: &[&str]) -> std::io::Result<Self> {
        let mut command = binaries::cfn_rehearse();
        command.arg("serve").arg(template(name)).args(["--stack-name", "web"]).args(options);
        Self::listening(&mut command)
    }

    /// An account without stacks.
    ///
    /// # Errors
    ///
    /// When it cannot be started or ends before it listens.
    pub fn account(options: &[&str]) -> std::io::Result<Self> {
        Self::listening(binaries::cfn_rehearse().arg("serve").args(options))
    }

    fn listening(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command.arg("--env").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let Some(stdout) = child.stdout.take() else {
            return Err(std::io::Error::other("no standard output"));
        };
        let mut environment = BTreeMap::new();
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.split_once('='))
            else {
                continue;
            };
            environment.insert(name.to_owned(), value.trim_matches('\'').to_owned());
            // The last line.
            if name == "no_proxy" {
                break;
            }
        }
        if environment.is_empty() {
            return Err(std::io::Error::other("cfn-rehearse serve did not tell its environment"));
        }
        // Its events fill no pipe: they are read as they come.
        let stderr = child.stderr.take();
        let events = std::thread::spawn(move || {
            let mut events = String::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.read_to_string(&mut events);
            }
            events
        });
        Ok(Self { child, environment, events: Some(events) })
    }

    /// The presigned URL of the handle called `logical_id`.
    #[must_use]
    pub fn handle(&self, logical_id: &str) -> &str {
        self.environment.get(&format!("CFN_REHEARSE_HANDLE_{logical_id}")).map_or("", String::as_str)
    }

    /// What a client finds in its environment under `name`.
    #[must_use]
    pub fn variable(&self, name: &str) -> &str {
        self.environment.get(name).map_or("", String::as_str)
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The URL of the API.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.environment.get("AWS_ENDPOINT_URL_CLOUDFORMATION").map_or("", String::as_str)
    }

    /// The id of the stack's instance called `logical_id`.
    #[must_use]
    pub fn instance(&self, logical_id: &str) -> &str {
        self.environment.get(&format!("CFN_REHEARSE_INSTANCE_{logical_id}")).map_or("", String::as_str)
    }

    /// The instances that run: each one's logical id, and the URL of its metadata.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn instances(&self) -> std::io::Result<Vec<(String, String)>> {
        let address = self.endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        let request =
            format!("GET /_rehearsal/instances HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let told: serde_json::Value = serde_json::from_str(body)?;
        let all = told.get("Instances").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
        let text = |it: &serde_json::Value, name: &str| Some(it.get(name)?.as_str()?.to_owned());
        let named = |it| Some((text(it, "LogicalResourceId")?, text(it, "MetadataEndpoint")?));
        Ok(all.iter().filter_map(named).collect())
    }

    /// `program` with the environment that leads it here.
    #[must_use]
    pub fn client(&self, program: &Path) -> Command {
        let mut command = binaries::isolated(program);
        command.env_remove("AWS_EC2_METADATA_DISABLED").envs(&self.environment);
        command
    }

    /// Waits for the stack's fate (`--once`): how the process ended, and the events.
    ///
    /// # Errors
    ///
    /// When the process cannot be waited for.
    pub fn fate(mut self) -> std::io::Result<(ExitStatus, String)> {
        let status = self.child.wait()?;
        let events = self.events.take().and_then(|events| events.join().ok()).unwrap_or_default();
        Ok((status, events))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already gone where the fate was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
