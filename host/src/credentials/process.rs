//! `credential_process`: a profile's own command, which prints credentials.
//!
//! AWS's SDK would start it by an async runtime, and show what it writes to standard error. It is started here, where the SDK
//! finds that it needs one.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use std::error::Error;
use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use aws_config::profile::{self, ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::{Builder, EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::asked::Asked;
use super::complaint::{self, Lack, Prospect};

/// What the SDK says of a profile that needs it.
const WANTED: &str = "enabled: credentials-process";
/// The name under which the process's credentials are handed to the SDK, for a role that is assumed with them.
const SOURCE: &str = "cfn-signal.credential-process";
/// The most that is read of what it prints: credentials take much less.
const LONGEST_OUTPUT: u64 = 64 * 1024;
/// Between two looks whether it has ended, once it has closed its output.
const BETWEEN: Duration = Duration::from_millis(10);

/// Whether `error` of the chain is that a process would have to be started.
pub(super) fn is_wanted(error: &CredentialsError) -> bool {
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        if error.to_string().contains(WANTED) {
            return true;
        }
        next = error.source();
    }
    false
}

/// The credentials of the selected profile, which come of a process, perhaps by roles that are assumed with them.
pub(super) async fn credentials(
    config: &ProviderConfig,
    until: Instant,
    asked: impl Fn() -> Option<Asked>,
) -> Result<Credentials, Lack> {
    let profiles = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await;
    let profiles = profiles.map_err(|error| lasting(error.to_string()))?;
    // The chain has just read the same profiles: it is another matter if they changed since.
    let source = source(&profiles).ok_or_else(|| lasting("the profiles have changed".to_owned()))?;
    tracing::debug!(profile = source.profile, "running credential_process");
    let base = run(source.command, until)
        .and_then(|printed| read(&printed))
        .map_err(|wrong| wrong.of(source.profile))?;
    let Some(role) = source.role else { return Ok(base) };
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_files(with_source(role, &base))
        .profile_name(profiles.selected_profile())
        .build();
    provider.provide_credentials().await.map_err(|error| complaint::of(&error, asked().as_ref()))
}

fn lasting(why: String) -> Lack {
    Lack { why, prospect: Prospect::Lasting }
}

/// Where the process stands.
struct Source<'a> {
    profile: &'a str,
    command: &'a str,
    /// The profile whose role is assumed with its credentials, if one is.
    role: Option<&'a str>,
}

/// From the selected profile by those that it names: the chain has found that they lead to a process.
fn source(profiles: &ProfileSet) -> Option<Source<'_>> {
    let mut role = None;
    let mut name = profiles.selected_profile();
    for _ in profiles.profiles() {
        let profile = profiles.get_profile(name)?;
        let assumes = profile.get("role_arn").is_some() && profile.get("web_identity_token_file").is_none();
        let next = profile.get("source_profile").filter(|_| assumes);
        if assumes {
            role = Some(profile.name());
        }
        match next {
            Some(next) if next != name => name = next,
            _ => {
                let command = profile.get("credential_process")?;
                return Some(Source { profile: profile.name(), command, role });
            }
        }
    }
    None
}

/// The user's profiles, with `base` for what `role` is assumed with.
fn with_source(role: &str, base: &Credentials) -> EnvConfigFiles {
    let token = base.session_token().map(|token| format!("aws_session_token = {token}\n"));
    let text = format!(
        "[profile {role}]\nsource_profile = {SOURCE}\n[profile {SOURCE}]\naws_access_key_id = {}\n\
         aws_secret_access_key = {}\n{}",
        base.access_key_id(),
        base.secret_access_key(),
        token.unwrap_or_default(),
    );
    Builder::new()
        .include_default_config_file(true)
        .include_default_credentials_file(true)
        .with_contents(EnvConfigFileKind::Config, text)
        .build()
}

/// What can be wrong with a process.
#[derive(Debug)]
enum Wrong {
    NotRun(io::Error),
    /// It did not end in time.
    Slow,
    Failed(ExitStatus),
    Unreadable(&'static str),
}

impl Wrong {
    fn of(self, profile: &str) -> Lack {
        let whose = format!("the credential_process of the profile {profile}");
        let (why, prospect) = match self {
            // There are as many processes as there may be: that passes.
            Self::NotRun(error) if error.kind() == io::ErrorKind::WouldBlock => {
                (format!("{whose} cannot be run: {error}"), Prospect::Passing)
            }
            Self::NotRun(error) => (format!("{whose} cannot be run: {error}"), Prospect::Lasting),
            Self::Slow => (format!("{whose} did not end in time"), Prospect::Passing),
            Self::Failed(status) => {
                // What the shell says of a command that it does not find, or may not run.
                let not_there = matches!(status.code(), Some(126 | 127));
                // Others often need a network, which may be late.
                let prospect = if not_there { Prospect::Lasting } else { Prospect::Early };
                (format!("{whose} failed ({status}): run it by hand to see why"), prospect)
            }
            Self::Unreadable(why) => {
                (format!("{whose} printed no credentials of Version 1 in JSON: {why}"), Prospect::Lasting)
            }
        };
        Lack { why, prospect }
    }
}

/// Runs `command` by the shell, until `until` at most; returns what it printed. It may have to ask nobody anything.
fn run(command: &str, until: Instant) -> Result<Zeroizing<Vec<u8>>, Wrong> {
    let mut child = shell(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Wrong::NotRun)?;
    let output = child.stdout.take();
    let (sender, receiver) = mpsc::sync_channel(1);
    // It may leave its output open for longer than there is time: the thread is then left behind.
    let reading = thread::Builder::new().name("output".to_owned()).spawn(move || {
        let mut printed = Zeroizing::new(Vec::with_capacity(4096));
        let read = output.map(|output| output.take(LONGEST_OUTPUT).read_to_end(&mut printed));
        sender.send(read.transpose().map(|_| printed))
    });
    if let Err(error) = reading {
        end(&mut child);
        return Err(Wrong::NotRun(error));
    }
    let left = until.saturating_duration_since(Instant::now());
    match receiver.recv_timeout(left) {
        Ok(printed) => {
            let status = wait(&mut child, until)?;
            if status.success() { printed.map_err(Wrong::NotRun) } else { Err(Wrong::Failed(status)) }
        }
        Err(_) => {
            end(&mut child);
            Err(Wrong::Slow)
        }
    }
}

fn wait(child: &mut Child, until: Instant) -> Result<ExitStatus, Wrong> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < until => thread::sleep(BETWEEN),
            Ok(None) => {
                end(child);
                return Err(Wrong::Slow);
            }
            Err(error) => return Err(Wrong::NotRun(error)),
        }
    }
}

fn end(child: &mut Child) {
    // Where it has ended by itself there is nothing to do.
    let _ended = child.kill().and_then(|()| child.wait());
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

/// `cmd.exe` takes off the outermost quotation marks, and has rules of its own for those within.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    let mut shell = Command::new("cmd.exe");
    shell.arg("/C").raw_arg(format!("\"{command}\""));
    shell
}

/// What it prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
}

fn read(printed: &[u8]) -> Result<Credentials, Wrong> {
    let printed: Printed = serde_json::from_slice(printed).map_err(|error| {
        // The library's words could hold what was printed.
        Wrong::Unreadable(match error.classify() {
            serde_json::error::Category::Data => {
                "Version, AccessKeyId or SecretAccessKey is missing or of another type"
            }
            _ => "it is not JSON",
        })
    })?;
    if printed.version != 1 {
        return Err(Wrong::Unreadable("it has another Version"));
    }
    let Printed { access_key_id, secret_access_key, session_token, expiration, .. } = printed;
    let session_token = session_token.filter(|token| !token.is_empty());
    // They go into headers, and into a profile.
    let plain = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if ![Some(&access_key_id), Some(&secret_access_key), session_token.as_ref()]
        .into_iter()
        .flatten()
        .all(plain)
    {
        return Err(Wrong::Unreadable("a key is empty, or holds blanks or line breaks"));
    }
    let time = |text: String| OffsetDateTime::parse(&text, &Rfc3339).map(SystemTime::from);
    let expires_at = expiration
        .filter(|text| !text.is_empty())
        .map(time)
        .transpose()
        .map_err(|_| Wrong::Unreadable("its Expiration is no time as in ISO 8601"))?;
    Ok(Credentials::new(access_key_id, secret_access_key, session_token, expires_at, "CredentialProcess"))
}

#[cfg(test)]
mod tests;
