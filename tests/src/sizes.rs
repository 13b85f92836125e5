//! How large what is built may be: what was recorded, and a twentieth more.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// In hundredths of what was recorded.
const GROWTH: u64 = 5;
/// Whatever a command is built from.
const SOURCES: [&str; 6] = ["Cargo.toml", "Cargo.lock", "host/src", "rehearsal/src", "src", "wit"];
/// The components, none of which has to do with the machine it was built on.
pub const COMPONENTS: [&str; 5] =
    ["signer.wasm", "client.wasm", "client-p3.wasm", "command.wasm", "command-portable.wasm"];
const COMMANDS: [&str; 2] = ["cfn-signal", "cfn-rehearse"];

/// What was recorded: `benches/sizes.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Recorded {
    /// The compiler of that day: another one makes other sizes.
    pub compiler: String,
    /// Of each file, under its name and, where machines differ, theirs.
    pub bytes: BTreeMap<String, u64>,
}

/// A file that is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Under which it is recorded.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// Whether it is from before its sources were changed.
    pub stale: bool,
}

impl Recorded {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// When it is not there or is something else.
    pub fn read() -> std::io::Result<Self> {
        Ok(serde_json::from_str(&std::fs::read_to_string(place())?)?)
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self) -> std::io::Result<()> {
        std::fs::write(place(), serde_json::to_string_pretty(self)? + "\n")
    }

    /// What is to be said of a file that has become too large.
    #[must_use]
    pub fn complaint(&self, built: &Built) -> Option<String> {
        let recorded = *self.bytes.get(&built.name)?;
        (built.size * 100 > recorded * (100 + GROWTH)).then(|| {
            format!(
                "{}: {} bytes, more than {GROWTH} % over the {recorded} that are recorded ({}): make it smaller, or, where it is \
                 worth that, record it with `make record-sizes`",
                built.name, built.size, self.compiler
            )
        })
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn place() -> PathBuf {
    root().join("benches/sizes.json")
}

/// The components that are in the target folder. `make` keeps them up to date.
#[must_use]
pub fn components(target: &Path) -> Vec<Built> {
    let built = |name: &&str| at(name, target.join("component").join(name), None);
    COMPONENTS.iter().filter_map(built).collect()
}

/// The commands that are there, for this machine and, static, for others.
#[must_use]
pub fn commands(target: &Path) -> Vec<Built> {
    let root = root();
    let changed = SOURCES.iter().filter_map(|source| newest(&root.join(source))).max();
    let here = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let mut found = Vec::new();
    for command in COMMANDS {
        let path = target.join("release").join(command).with_extension(std::env::consts::EXE_EXTENSION);
        found.extend(at(&format!("{command} ({here}, dynamic)"), path, changed));
        for system in ["x86_64-linux", "aarch64-linux", "x86_64-windows.exe"] {
            let path = target.join("dist").join(format!("{command}-{system}"));
            let system = system.trim_end_matches(".exe");
            found.extend(at(&format!("{command} ({system}, static)"), path, changed));
        }
    }
    found
}

fn at(name: &str, path: PathBuf, changed: Option<SystemTime>) -> Option<Built> {
    let about = path.metadata().ok()?;
    let stale = changed.is_some_and(|changed| about.modified().is_ok_and(|built| built < changed));
    Some(Built { name: name.to_owned(), path, size: about.len(), stale })
}

/// When something in it was changed last.
fn newest(path: &Path) -> Option<SystemTime> {
    if path.is_dir() {
        return std::fs::read_dir(path).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max();
    }
    path.metadata().ok()?.modified().ok()
}
