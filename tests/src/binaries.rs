//! Where the built things are.

use std::path::{Path, PathBuf};
use std::process::Command;

const GOLDEN_COMMAND: &str = "GOLDEN_COMMAND";

/// The command `name` that was built beside the running test.
///
/// # Panics
///
/// When it has not been built.
#[must_use]
pub fn command(name: &str) -> PathBuf {
    let path = profile_dir().join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        path.is_file(),
        "{} is missing: run `make test`, or `cargo build --workspace` first",
        path.display()
    );
    path
}

/// `cfn-signal` with an environment that reaches nothing but loopback: no proxy, no region, no credentials, no metadata; no journal. Where
/// `CFN_SIGNAL_COMMAND` has words, separated by spaces, they are the command: `make test-dist` names one for another machine.
#[must_use]
pub fn cfn_signal() -> Command {
    named_by("CFN_SIGNAL_COMMAND").unwrap_or_else(|| isolated(&command("cfn-signal")))
}

/// The command that replays recorded runs: `cfn-signal`, or what `GOLDEN_COMMAND` says, its words separated by spaces.
#[must_use]
pub fn golden_command() -> Command {
    named_by(GOLDEN_COMMAND).unwrap_or_else(cfn_signal)
}

/// What `GOLDEN_COMMAND` says: a command for the same recordings, such as a component in its host.
#[must_use]
pub fn foreign_command() -> Option<String> {
    std::env::var(GOLDEN_COMMAND).ok().filter(|words| !words.is_empty())
}

/// `cfn-rehearse`, likewise, or what `CFN_REHEARSE_COMMAND` says.
#[must_use]
pub fn cfn_rehearse() -> Command {
    named_by("CFN_REHEARSE_COMMAND").unwrap_or_else(|| isolated(&command("cfn-rehearse")))
}

fn named_by(variable: &str) -> Option<Command> {
    let words = std::env::var(variable).ok()?;
    let mut words = words.split_whitespace();
    let mut command = isolated(Path::new(words.next()?));
    command.args(words);
    Some(command)
}

/// `program` with nothing of the caller's environment but `PATH`, and without instance metadata.
#[must_use]
pub fn isolated(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        // The credential chain finds no files there.
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        // Where root runs the tests, no journal is left on this machine.
        .env("CFN_SIGNAL_STATE_DIR", "off");
    command
}

/// The component `name` that `make` left, such as `signer.wasm`.
///
/// # Panics
///
/// When it has not been built.
#[must_use]
pub fn component(name: &str) -> PathBuf {
    let path = target_dir().join("component").join(name);
    assert!(path.is_file(), "{} is missing: run `make component` first", path.display());
    path
}

/// Whether `make` built the components with Debian's toolchain: it has no target of WASI's, and other sizes. Then the test
/// that asks says that it was skipped.
#[must_use]
pub fn components_are_debians() -> bool {
    let are = target_dir().join("component-from-debian.wasm").is_file();
    if are {
        eprintln!("skipped: needs the target wasm32-wasip2, which rustup cannot add here");
    }
    are
}

/// The folder that holds everything built.
#[must_use]
pub fn target_dir() -> PathBuf {
    parent(&profile_dir())
}

/// A test's executable is `<target>/<profile>/deps/<name>`.
fn profile_dir() -> PathBuf {
    let Ok(executable) = std::env::current_exe() else { return PathBuf::new() };
    parent(&parent(&executable))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}
