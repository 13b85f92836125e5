//! The programs that are measured beside ours, as their users install them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Those that are here.
pub struct Peers {
    /// The Python whose packages are `benches/requirements.txt`.
    pub python: Option<PathBuf>,
    /// curl, where there is one that signs.
    pub curl: Option<PathBuf>,
    /// Our own command as it is installed: static.
    pub installed: Option<PathBuf>,
    /// Who, and in which version.
    pub versions: Vec<(String, String)>,
    /// What is not here.
    pub missing: Vec<String>,
}

impl Peers {
    pub fn find() -> Self {
        let mut peers =
            Self { python: None, curl: None, installed: None, versions: Vec::new(), missing: Vec::new() };
        peers.installed = file("BENCH_INSTALLED");
        if peers.installed.is_none() {
            peers.missing.push("the static command (`make bench` builds it)".to_owned());
        }
        match said("curl", &["--version"]) {
            Some(version) => {
                peers.curl = Some("curl".into());
                peers.versions.push(("curl".into(), version.trim_start_matches("curl ").to_owned()));
            }
            None => peers.missing.push("curl".to_owned()),
        }
        let Some(python) = file("BENCH_PYTHON") else {
            peers.missing.push("Python with benches/requirements.txt (`make bench` prepares it)".to_owned());
            return peers;
        };
        if let Some(version) = said(&python, &["--version"]) {
            peers.versions.push(("Python".into(), version.trim_start_matches("Python ").to_owned()));
        }
        let list = "import importlib.metadata as m\nfor p in ('awscli', 'boto3', 'botocore', 'cfn-lint'): print(p, m.version(p))";
        let output = Command::new(&python).args(["-c", list]).output().unwrap();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let Some((name, version)) = line.split_once(' ') {
                peers.versions.push((name.to_owned(), version.to_owned()));
            }
        }
        peers.python = Some(python);
        peers
    }

    /// A command of the Python's packages.
    pub fn script(&self, name: &str) -> Option<PathBuf> {
        self.python.as_ref().map(|python| python.with_file_name(name))
    }
}

/// What the variable names, where it is there.
fn file(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

/// The first line of what a program says.
pub fn said(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref()).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}
