//! `cfn-rehearse serve` as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
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
}

impl Served {
    /// Serves a template of the tests that has an instance and no handles; `options` as `cfn-rehearse serve` has them.
    ///
    /// # Errors
    ///
    /// When it cannot be started or ends before it listens.
    pub fn start(name: &str, options: &[&str]) -> std::io::Result<Self> {
        let mut child = binaries::cfn_rehearse()
            .arg("serve")
            .arg(template(name))
            .args(["--env", "--stack-name", "web"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
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
            // The last line for a template with an instance and no handles.
            if name.starts_with("CFN_REHEARSE_METADATA") {
                break;
            }
        }
        if environment.is_empty() {
            return Err(std::io::Error::other("cfn-rehearse serve did not tell its environment"));
        }
        Ok(Self { child, environment })
    }

    /// The id of the stack's instance called `logical_id`.
    #[must_use]
    pub fn instance(&self, logical_id: &str) -> &str {
        self.environment.get(&format!("CFN_REHEARSE_INSTANCE_{logical_id}")).map_or("", String::as_str)
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
        let mut events = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut events)?;
        }
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
